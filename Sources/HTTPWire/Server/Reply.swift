internal import NIOCore

/// The place where the answer to one request goes. Confined to the connection's event loop; the first use counts, and
/// one that comes after the connection's end goes nowhere.
package struct Reply {
    let connection: any ReplyTaking
    let exchange: UInt64
    /// Written behind those of the answer.
    private var fields: [(name: String, value: String)] = []
    /// Done with the answer in hand, whether or not there is still somebody to take it: who has been answered may count
    /// on it.
    private var answering: ((Response) -> Void)?

    init(connection: any ReplyTaking, exchange: UInt64) {
        self.connection = connection
        self.exchange = exchange
    }

    package func send(_ response: Response) {
        var response = response
        response.fields += fields
        answering?(response)
        connection.take(response, bodyBytes: response.content.readableBytes, for: exchange)
    }

    /// The same place, with fields for its answer, and something to be done before it is given.
    package func adding(
        _ fields: [(name: String, value: String)],
        whenAnswered action: @escaping (Response) -> Void
    ) -> Reply {
        var reply = self
        reply.fields = fields
        reply.answering = action
        return reply
    }

    /// What is to be done where the client goes away before it is answered; nothing where it was.
    package func whenAbandoned(_ action: @escaping () -> Void) {
        connection.whenAbandoned(action, exchange)
    }

    /// Begins an answer whose body comes bit by bit, with no end known. Nil where there is nobody to take it any more.
    package func stream(_ head: Response, whenAbandoned action: @escaping () -> Void) -> ReplyStream? {
        var head = head
        head.fields += fields
        answering?(head)
        guard connection.beginStream(head, for: exchange) else { return nil }
        connection.whenAbandoned(action, exchange)
        return ReplyStream(connection: connection, exchange: exchange)
    }

    /// For simulations: promises the whole answer, sends only so many bytes of its body, and closes.
    package func sendCut(_ response: Response, bodyBytes: Int) {
        connection.take(response, bodyBytes: min(bodyBytes, response.content.readableBytes - 1), for: exchange)
    }

    /// For simulations: closes without a byte of an answer.
    package func closeUnanswered() {
        connection.closeUnanswered(exchange)
    }
}

/// The connection as a reply sees it.
protocol ReplyTaking: AnyObject {
    func take(_ response: Response, bodyBytes: Int, for exchange: UInt64)
    func beginStream(_ head: Response, for exchange: UInt64) -> Bool
    func writeToStream(_ bytes: ByteBuffer, for exchange: UInt64) -> Bool
    func endStream(_ exchange: UInt64)
    func closeUnanswered(_ exchange: UInt64)
    func whenAbandoned(_ action: @escaping () -> Void, _ exchange: UInt64)
}
