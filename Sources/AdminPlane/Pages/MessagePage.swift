/// Says why there is no other page.
struct MessagePage: Sendable {
    let frame: PageFrame
    let title: String
    let detail: String
}
