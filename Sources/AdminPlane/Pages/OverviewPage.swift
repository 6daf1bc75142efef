/// The overview as a whole page. The state's members stand beside the frame's, for templates look by names.
struct OverviewPage: Sendable {
    struct Level: Sendable {
        let name: String
        let isCurrent: Bool
    }

    struct Operate: Sendable {
        let levels: [Level]
    }

    let frame: PageFrame
    let state: StateView
    /// Nil for those who may change nothing.
    let operate: Operate?

    init(_ frame: PageFrame, _ state: StateView, level: String?) {
        (self.frame, self.state) = (frame, state)
        operate = level.map { level in
            Operate(levels: AdminLevels.all.map { Level(name: $0, isCurrent: $0 == level) })
        }
    }
}
