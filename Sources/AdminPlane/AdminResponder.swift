internal import AuditReport
private import Foundation
package import HTTPWire
private import Messaging
package import NIOCore

/// The admin listeners: metrics, the admin API below `/api/`, and the console. `docs/admin.md` describes them.
///
/// One instance serves one event loop. Who asks is settled on the loop; what takes reading the trail or making a page
/// is done elsewhere, by `AdminAnswers`.
package final class AdminResponder: HTTPResponder {
    private let subject: any AdminSubject
    private let keys: any AdminKeys
    private let answers: AdminAnswers
    private let sessions = AdminSessions()
    private let streams: LiveStreams
    private let eventLoop: any EventLoop
    /// Whether every listener has TLS: a session's cookie is then never sent without it.
    private let isSecure: Bool

    /// - Parameters:
    ///   - history: to which somebody else adds.
    ///   - isSecure: whether every listener has TLS.
    package init(
        subject: any AdminSubject,
        keys: any AdminKeys,
        history: TrafficHistory,
        live: LiveCalls,
        isSecure: Bool,
        eventLoop: any EventLoop
    ) {
        (self.subject, self.keys, self.isSecure, self.eventLoop) = (subject, keys, isSecure, eventLoop)
        answers = AdminAnswers(subject: subject, console: Console(), history: history)
        streams = LiveStreams(eventLoop: eventLoop, calls: live)
    }

    package func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        if let objection = PageGuard.objection(to: head, isOpen: !keys.areAsked, isUnix: peer.host == nil) {
            return .refuse(AdminResponse.problem(403, objection))
        }
        guard head.fields.repeated == nil else {
            return .refuse(AdminResponse.problem(400, "A field that may come once came twice."))
        }
        guard let route = AdminRoute(path: head.path) else {
            return .refuse(AdminResponse.problem(404, "There is no such page."))
        }
        guard route.methods.contains(head.method.name) else {
            var response = AdminResponse.problem(405, "This takes \(route.methods.joined(separator: ", ")).")
            response.fields.append(("Allow", route.methods.joined(separator: ", ")))
            return .refuse(response)
        }
        let right = head.method == .put ? route.changingRight : route.right
        let (who, session) = whoAsks(head, peer)
        if let right {
            guard let who else { return .refuse(unauthenticated(route, head)) }
            guard who.may(right) else {
                return .refuse(AdminResponse.problem(403, "The key of \(who.name) may not \(right.rawValue)."))
            }
        }
        return admit(AdminCall(route: route, head: head, who: who, session: session, peer: "\(peer)"))
    }

    private func admit(_ call: AdminCall) -> Admission {
        switch call.route {
        case .login where call.head.method == .post:
            return .accept(bodyLimit: call.route.bodyLimit) { body, reply in reply.send(self.signIn(body, call)) }
        case .logout:
            if let session = call.session { sessions.end(session) }
            return .refuse(AdminResponse.redirect(to: "/login", cookie: SessionCookie.cleared))
        case .apiLive:
            guard !streams.isFull else { return .refuse(AdminResponse.problem(503, "So many follow calls already.")) }
            return .accept(bodyLimit: 0) { _, reply in self.streams.begin(reply, head: AdminResponse.eventStream) }
        default:
            return .accept(bodyLimit: call.route.bodyLimit) { body, reply in self.answer(body, call, reply) }
        }
    }

    private func answer(_ body: [UInt8], _ call: AdminCall, _ reply: Reply) {
        let place = NIOLoopBound(reply, eventLoop: eventLoop)
        let (answers, eventLoop) = (answers, eventLoop)
        Task {
            let response = await answers.response(to: call, body: body)
            eventLoop.execute { place.value.send(response) }
        }
    }

    package func response(to violation: ProtocolViolation) -> Response {
        AdminResponse.problem(400, "The request can not be served.")
    }

    // MARK: Who asks

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    private func whoAsks(_ head: RequestHead, _ peer: Peer) -> (who: AdminOperator?, session: String?) {
        guard keys.areAsked else { return (.anybody, nil) }
        if let authorization = head.fields[.authorization] {
            guard authorization.lowercased().hasPrefix("bearer "),
                let who = keys.owner(of: Secret(String(authorization.dropFirst(7))))
            else {
                subject.log(.refused(peer: "\(peer)"))
                return (nil, nil)
            }
            return (who, nil)
        }
        guard let token = head.fields[.cookie].flatMap(SessionCookie.value),
            let name = sessions.name(token, now: AdminResponder.now)
        else { return (nil, nil) }
        // A key that was taken away ends its sessions.
        return (keys.current(name), token)
    }

    private func unauthenticated(_ route: AdminRoute, _ head: RequestHead) -> Response {
        if route.isPage, head.method == .get {
            let wanted = head.path + (head.query.map { "?" + $0 } ?? "")
            return AdminResponse.redirect(to: "/login?next=" + FormFields.encoded(wanted))
        }
        // A part of a page whose session has ended: the browser goes to the login by itself.
        if route == .overviewPart { return AdminResponse.redirect(to: "/login") }
        var response = AdminResponse.problem(401, "This takes an admin key, as Authorization: Bearer.")
        response.fields.append(("WWW-Authenticate", "Bearer realm=\"divar-gateway admin\""))
        return response
    }

    private func signIn(_ body: [UInt8], _ call: AdminCall) -> Response {
        let form = FormFields(String(decoding: body, as: UTF8.self))
        guard let text = form["key"], let who = keys.owner(of: Secret(text)) else {
            subject.log(.refused(peer: call.peer))
            return answers.login(next: form["next"] ?? "/", problem: "That is nobody's key.", status: 403)
        }
        let token = Hexadecimal.text((0..<32).map { _ in UInt8.random(in: .min ... .max) })
        sessions.begin(token, of: who.name, now: AdminResponder.now)
        subject.log(.signedIn(name: who.name, peer: call.peer))
        return AdminResponse.redirect(
            to: AdminResponse.ownPath(form["next"]), cookie: SessionCookie.set(token, isSecure: isSecure))
    }
}
