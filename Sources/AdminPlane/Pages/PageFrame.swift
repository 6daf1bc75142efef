/// What every page has: its title, who looks, and the way to the other pages.
struct PageFrame: Sendable {
    struct Link: Sendable {
        let href: String
        let name: String
        let isCurrent: Bool
    }

    struct Operator: Sendable {
        let name: String
        let canSignOut: Bool
        let links: [Link]
    }

    let title: String
    let page: String
    /// Nil for somebody who hasn't signed in.
    let `operator`: Operator?

    init(_ title: String, page: String, for who: AdminOperator?, isSignedIn: Bool = false) {
        self.title = title
        self.page = page
        `operator` = who.map { who in
            Operator(
                name: who.name, canSignOut: isSignedIn,
                links: [("/", "Overview", "overview"), ("/trail", "Trail", "trail"), ("/live", "Live", "live")].map {
                    Link(href: $0.0, name: $0.1, isCurrent: $0.2 == page)
                })
        }
    }
}
