package import DivarAPI
package import HTTPWire
package import NIOCore
package struct SandboxScriptError: Error { package var problems: [String] = [] }
package struct SandboxOptions: Sendable {
    package static let defaultKey = "sandbox-divar-key"
    package static let defaultUserToken = "sandbox-user-token"
    package static let defaultConversation = "sandbox-conversation"
    package var contract: Contract = .august2026
    package init() {}
    package init(script: [UInt8]) throws(SandboxScriptError) {}
}
package struct SandboxResponder: HTTPResponder {
    package init(eventLoop: any EventLoop, options: SandboxOptions, refuseConnections: @escaping @Sendable (Duration) -> Void) {}
    package func admit(_ head: RequestHead, from peer: PeerAddress) -> Admission { .refuse(Response(status: 200, body: Array(#"{"conversation_id":"x"}"#.utf8))) }
    package func response(to violation: ProtocolViolation) -> Response { Response(status: 400) }
}
