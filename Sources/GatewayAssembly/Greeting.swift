internal import HTTPWire
private import Sandbox

/// What a newcomer reads on the terminal once everything runs.
enum Greeting {
    static func gateway(_ listener: Listener, sandbox: ListenAddress) -> String {
        let gateway = listener.tls == nil ? "\(listener.address)" : "https://\(listener.address)"
        let token = SandboxOptions.defaultUserToken
        let conversation = SandboxOptions.defaultConversation
        return """

            divar-gateway listens on \(gateway), with a simulated Divar behind it on \(sandbox). Try:

              curl \(gateway)/send -H 'Content-Type: application/json' \\
                -d '{"conversation_id":"\(conversation)","text":"سلام! وقت بازدید دارید؟","buttons":[[{"caption":"بله","server_link":{"answer":"yes"}},{"caption":"خیر","server_link":{"answer":"no"}}]]}'

              curl \(gateway)/conversations/\(conversation) -H 'X-Access-Token: \(token)'

              curl -X POST \(gateway)/upload-token

              curl \(sandbox)/_sandbox/ledger

            Stop with Ctrl-C.

            """
    }

    static func sandbox(_ address: ListenAddress) -> String {
        """

        A simulated Divar listens on \(address). Its key is \(SandboxOptions.defaultKey), its user's token \
        \(SandboxOptions.defaultUserToken), its conversation \(SandboxOptions.defaultConversation).
        What it took: curl \(address)/_sandbox/ledger

        """
    }
}
