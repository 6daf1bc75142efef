/// Calls as they end; the browser fills it.
struct LivePage: Sendable {
    let frame: PageFrame
}
