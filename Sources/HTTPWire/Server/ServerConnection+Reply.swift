internal import NIOCore

extension ServerConnection: ReplyTaking {
    func take(_ response: Response, bodyBytes: Int, for exchange: UInt64) {
        guard state.phase == .answering, state.exchange == exchange else { return }
        respond(response, bodyBytes: bodyBytes)
    }

    func whenAbandoned(_ action: @escaping () -> Void, _ exchange: UInt64) {
        guard state.phase == .answering, state.exchange == exchange else { return }
        abandoned = action
        if inputClosed, abandon() { context?.close(promise: nil) }
    }

    func closeUnanswered(_ exchange: UInt64) {
        guard state.phase == .answering, state.exchange == exchange else { return }
        context?.close(promise: nil)
    }
}
