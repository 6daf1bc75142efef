internal import HTTPWire

/// One request on the admin listeners, once it is known who asks.
struct AdminCall: Sendable {
    let route: AdminRoute
    let head: RequestHead
    /// Nil only where nobody has to be anybody.
    let who: AdminOperator?
    /// Of a browser that signed in.
    let session: String?
    let peer: String

    var query: FormFields { FormFields(head.query ?? "") }

    func may(_ right: AdminRight) -> Bool { who?.may(right) ?? false }

    func frame(_ title: String, page: String) -> PageFrame {
        PageFrame(title, page: page, for: who, isSignedIn: session != nil)
    }
}
