internal import ConversationCache
internal import NIOCore

/// A read that is asked a second time where the first answer is slow: whichever comes first counts, and the other is
/// given up. Confined to one event loop.
final class HedgedRead {
    typealias Completion = (FetchEnd, AnswerTimes) -> Void

    private let ask: (@escaping Completion) -> () -> Void
    private let completion: Completion
    private var timer: Scheduled<Void>?
    /// Gives up those that are under way, by their order.
    private var underWay: [Int: () -> Void] = [:]
    private var ended: Set<Int> = []
    private var begun = 0
    private var isOver = false

    /// - Parameters:
    ///   - ask: begins one of them, and gives what gives it up.
    ///   - completion: called once, unless it is cancelled.
    init(ask: @escaping (@escaping Completion) -> () -> Void, completion: @escaping Completion) {
        (self.ask, self.completion) = (ask, completion)
    }

    /// - Parameter mayAsk: whether the budget for second reads has one left; asked where one would be made.
    func begin(hedgingAfter delay: TimeAmount, on eventLoop: any EventLoop, mayAsk: @escaping () -> Bool) {
        start()
        guard !isOver else { return }
        timer = eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if !self.isOver, mayAsk() { self.start() }
        }
    }

    func cancel() {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        for stop in underWay.values { stop() }
    }

    private func start() {
        let number = begun
        begun += 1
        let stop = ask { end, times in self.take(end, times, of: number) }
        if !ended.contains(number), !isOver { underWay[number] = stop }
    }

    private func take(_ end: FetchEnd, _ times: AnswerTimes, of number: Int) {
        ended.insert(number)
        underWay[number] = nil
        // A failure says less than what the other one may still bring.
        if case .failed = end, !underWay.isEmpty { return }
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        for stop in underWay.values { stop() }
        completion(end, times)
    }
}
