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

    func beginStream(_ head: Response, for exchange: UInt64) -> Bool {
        guard state.phase == .answering, state.exchange == exchange, let context else { return false }
        beginStream(head, to: context)
        return true
    }

    func writeToStream(_ bytes: ByteBuffer, for exchange: UInt64) -> Bool {
        guard state.phase == .answering, state.exchange == exchange, let context else { return false }
        // What isn't taken piles up in memory: who is that slow may ask again.
        guard context.channel.isWritable else {
            context.close(promise: nil)
            return false
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        return true
    }

    func endStream(_ exchange: UInt64) {
        guard state.phase == .answering, state.exchange == exchange else { return }
        endStream()
    }

    func closeUnanswered(_ exchange: UInt64) {
        guard state.phase == .answering, state.exchange == exchange else { return }
        context?.close(promise: nil)
    }
}
