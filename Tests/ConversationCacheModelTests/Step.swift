/// What may happen next.
enum Step: CaseIterable {
    case read, see, end, pass, beginSend, change, endSend, webhook, removeAll, refuse, sweep, abandon, reconfigure
    case deliver

    /// How often, before a schedule's own taste.
    var weight: Int {
        switch self {
        case .read: 32
        case .see: 6
        case .end: 22
        case .pass: 12
        case .beginSend, .endSend: 5
        case .change: 3
        case .webhook: 3
        case .removeAll, .reconfigure: 1
        case .refuse, .sweep: 2
        case .abandon: 4
        case .deliver: 8
        }
    }
}
