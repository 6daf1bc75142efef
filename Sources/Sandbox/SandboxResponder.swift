package import HTTPWire
package import NIOCore

/// The sandbox behind a server: hands requests to the simulated world and does to the connection what the world says.
///
/// The world is confined to one event loop, so the server must run on a group with a single thread; with more, every
/// thread would have a world of its own.
package final class SandboxResponder: HTTPResponder {
    private let eventLoop: any EventLoop
    private let clock: @Sendable () -> SandboxTime
    private let refuseConnections: @Sendable (Duration) -> Void
    private var world: SandboxWorld

    /// - Parameter refuseConnections: closes the listener and idle connections for that long, and returns at once.
    package init(
        eventLoop: any EventLoop,
        options: SandboxOptions,
        refuseConnections: @escaping @Sendable (Duration) -> Void
    ) {
        self.eventLoop = eventLoop
        self.clock = options.clock
        self.refuseConnections = refuseConnections
        self.world = SandboxWorld(script: options.script, at: options.clock())
    }

    package func admit(_ head: RequestHead, from peer: Peer) -> Admission {
        .accept(bodyLimit: SandboxWorld.bodyLimit(for: head)) { body, reply in
            let request = SandboxRequest(head: head, body: body)
            self.perform(self.world.answer(request, at: self.clock()), on: reply)
        }
    }

    package func response(to violation: ProtocolViolation) -> Response {
        RPCStatus(violation).response
    }

    private func perform(_ answer: SandboxReply, on reply: Reply) {
        switch answer {
        case .respond(let response):
            reply.send(response)
        case .cut(let response, let bodyBytes):
            reply.sendCut(response, bodyBytes: bodyBytes)
        case .close:
            reply.closeUnanswered()
        case .hold(let milliseconds):
            after(milliseconds) { reply.closeUnanswered() }
        case .refuseConnections(let milliseconds, let response):
            if let response { reply.send(response) } else { reply.closeUnanswered() }
            refuseConnections(.milliseconds(milliseconds))
        case .delay(let milliseconds, let later):
            after(milliseconds) { self.perform(later, on: reply) }
        case .wait(let milliseconds, let pending):
            after(milliseconds) { self.perform(self.world.resume(pending, at: self.clock()), on: reply) }
        }
    }

    private func after(_ milliseconds: Int, _ action: @escaping () -> Void) {
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds)), action)
    }
}
