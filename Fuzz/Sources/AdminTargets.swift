import Messaging

@testable import AdminPlane

let adminTargets = [
    FuzzTarget("admin-requests", checkAdminRequests)
]

/// What reaches the admin listeners besides the head itself: a path, a query or a form, a cookie, a host's name.
private func checkAdminRequests(_ bytes: [UInt8]) {
    let text = bytes.text
    checkForm(text)
    if let route = AdminRoute(path: text) { checkRoute(route) }
    if let value = SessionCookie.value(in: text) {
        require(
            text.utf8.firstRange(of: "\(SessionCookie.name)=\(value)".utf8) != nil, "a session stands in the cookie")
    }
    if PageGuard.isOfThisMachine(text) {
        let name = text.lowercased()
        let isLocal = name.utf8.firstRange(of: "localhost".utf8) != nil
        require(isLocal || !name.contains { $0.isLetter && !$0.isHexDigit }, "other names are not this machine's")
    }
}

private func checkForm(_ text: String) {
    let form = FormFields(text)
    for name in TrailQuery.names {
        guard let value = form[name] else { continue }
        require(FormFields("\(name)=\(FormFields.encoded(value))")[name] == value, "a link says the same")
    }
    let query = TrailQuery(fields: form)
    if let reading = try? query.reading(now: 1_795_000_000_000_000) {
        require((1...500).contains(reading.limit), "a page has a limit")
        let next = TrailQuery(fields: FormFields(String(query.next(below: 7).dropFirst("/trail?".count))))
        guard let following = try? next.reading(now: 1_795_000_000_000_000) else {
            return require(false, "the next page is a search as this one")
        }
        require(following.below == 7 && following.filter == reading.filter, "the next page looks for the same")
    }
}

private func checkRoute(_ route: AdminRoute) {
    require(!route.methods.isEmpty, "a resource has a method")
    switch route {
    case .asset, .login, .logout: break
    default: require(route.right != nil, "whoever sees a resource has the right to")
    }
}
