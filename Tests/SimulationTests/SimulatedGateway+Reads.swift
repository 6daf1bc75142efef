import ConversationCache
import Delivery
import DivarAPI
import JournalConformance
import Messaging
import NIOCore
import StrictJSON

@testable import Journal

/// Reads, through the cache. What a read brings is the messages that Divar shows, behind the name of who asked.
extension SimulatedGateway {
    func read(_ caller: CallerName, _ conversation: ConversationID, _ completion: @escaping ([String]?) -> Void) {
        lastNumber += 1
        let number = lastNumber
        let reading = Reading(
            caller: caller, conversation: conversation, deadline: now + 3_000_000, completion: once(completion))
        let name = world.plant == .sharesTheCache ? CallerName.local : caller
        let word = UInt64(name.text.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
        let partition = CachePartition(caller: name, app: World.app, token: TokenDigest { _ in word })
        let asked = CacheRead(
            key: CacheKey(operation: .readConversation, conversation: conversation, partition: partition),
            directives: CacheControl(), tokenEnd: nil, waiter: CacheWaiter(loop: 0, number: number)
        )
        readers[number] = reading
        switch cache.decide(asked, now: now) {
        case .answer(let answer, let refresh):
            readers[number] = nil
            reading.completion(SimulatedGateway.told(answer.content))
            if let refresh { fetch(refresh, reading) }
        case .fetch(let fetch): self.fetch(fetch, reading)
        case .wait(let fetch):
            after(3_000_000) { [self] in
                guard readers[number] != nil, cache.abandon(asked.waiter, of: fetch) else { return }
                readers.removeValue(forKey: number)?.completion(nil)
            }
        case .bypass:
            ask(reading) { [self] end, _ in
                readers[number] = nil
                if case .conversation(let body, _, _) = end {
                    reading.completion(SimulatedGateway.told(.conversation(body: body, entityTag: "")))
                } else {
                    reading.completion(nil)
                }
            }
        case .notCached:
            readers[number] = nil
            reading.completion(nil)
        }
    }

    private func fetch(_ fetch: Fetch, _ reading: Reading) {
        ask(reading) { [self] end, times in
            for (waiter, notice) in cache.end(fetch.id, with: end, times: times).notices {
                guard let waiting = readers[waiter.number] else { continue }
                switch notice {
                case .fetch(let next):
                    self.fetch(next, waiting)
                case .answer(let answer):
                    readers[waiter.number] = nil
                    waiting.completion(SimulatedGateway.told(answer.content))
                case .problem:
                    readers[waiter.number] = nil
                    waiting.completion(nil)
                }
            }
        }
    }

    private func ask(_ reading: Reading, _ completion: @escaping (FetchEnd, AnswerTimes) -> Void) {
        let requested = now
        let end = { [self] (end: FetchEnd) in
            completion(
                end, AnswerTimes(requested: requested, received: now, receivedUnix: Int(now / 1_000_000)))
        }
        let failed = FetchEnd.failed(Problem(.divarUnreachable, detail: "simulated"))
        enter(reading.caller, .read, deadline: reading.deadline) { [self] pass in
            guard let pass else { return end(failed) }
            let exchange = exchange(
                .readConversation, reading.caller, message: nil, conversation: reading.conversation,
                deadline: reading.deadline
            ) { [self] ended in
                var record = RecordDraft(.read)
                (record.caller, record.app, record.attempts) = (reading.caller, World.app, ended.attempts)
                journal.submit(.note(record)) { _ in }
                guard case .answered(.conversation(let conversation), _) = ended.result else { return end(failed) }
                let shown = conversation.messages.compactMap(\.stringValue)
                let body = ByteBuffer(string: ([reading.caller.text] + shown).joined(separator: " "))
                end(.conversation(body: body, entityTag: "\"\(shown.count)\"", fields: ResponseFields()))
            }
            guard let exchange else {
                leave(pass, .unused, isSpent: false)
                return end(failed)
            }
            perform(exchange, pass)
        }
    }

    private static func told(_ content: CachedContent) -> [String]? {
        guard case .conversation(let body, _) = content else { return nil }
        return String(buffer: body).split(separator: " ").map(String.init)
    }
}
