import Foundation
import JournalConformance
import Messaging
import Synchronization
import Testing

@testable import Journal

@Suite struct JournalMailboxTests {
    private let message = MessageID(unixMilliseconds: 1, random: (1, 1))

    private func letter(_ submission: Submission, _ ticket: UInt64 = 0) -> JournalLetter {
        JournalLetter(submission: submission, client: nil, ticket: ticket)
    }

    private var note: JournalLetter { letter(.note(RecordDraft(.read))) }
    private var outcome: JournalLetter { letter(.outcome(RecordDraft(.outcome), of: message, answer: nil)) }
    private var intent: JournalLetter {
        letter(.intent(IntentSubmission(message: message, record: RecordDraft(.intent))))
    }
    private var step: JournalLetter {
        letter(.step(RecordDraft(.deferral), of: message, change: .remove(message)))
    }
    private var lookUp: JournalLetter { letter(.lookUp(message)) }

    @Test func `letters are taken in the order in which they came, at most so many at a time`() {
        let mailbox = JournalMailbox(capacity: 100)
        for number in 0..<10 { #expect(mailbox.post(letter(.lookUp(message), UInt64(number)))) }
        var taken: [[UInt64]] = []
        for _ in 0..<3 { taken.append(mailbox.take(4, waiting: .zero).letters.map(\.ticket)) }
        #expect(taken == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        let (letters, isClosed) = mailbox.take(4, waiting: .zero)
        #expect(letters.isEmpty && !isClosed)
    }

    @Test
    func `intents and look-ups are refused where it is full, notes where it is half full, outcomes and steps never`() {
        let mailbox = JournalMailbox(capacity: 8)
        for number in 0..<4 { #expect(mailbox.post(note), "note \(number)") }
        for _ in 0..<3 { #expect(!mailbox.post(note)) }
        for number in 0..<2 {
            #expect(mailbox.post(intent), "intent \(number)")
            #expect(mailbox.post(lookUp), "look-up \(number)")
        }
        #expect(!mailbox.post(intent))
        #expect(!mailbox.post(lookUp))
        for number in 0..<10 { #expect(mailbox.post(outcome) && mailbox.post(step), "outcome and step \(number)") }
        #expect(!mailbox.post(note))
        #expect(mailbox.takeLost() == 4)
        #expect(mailbox.takeLost() == 0)
        #expect(mailbox.take(100, waiting: .zero).letters.count == 28)
        #expect(mailbox.post(note))
        #expect(mailbox.post(intent))
        mailbox.countLost()
        #expect(mailbox.takeLost() == 1)
    }

    @Test func `a closed mailbox takes nothing more, and gives what it has before it says so`() {
        let mailbox = JournalMailbox(capacity: 8)
        for _ in 0..<3 { #expect(mailbox.post(intent)) }
        let hasEnded = Mutex(false)
        mailbox.close { hasEnded.withLock { $0 = true } }
        for letter in [note, intent, lookUp, outcome] { #expect(!mailbox.post(letter)) }
        var (letters, isClosed) = mailbox.take(2, waiting: .seconds(60))
        #expect(letters.count == 2 && !isClosed)
        (letters, isClosed) = mailbox.take(2, waiting: .seconds(60))
        #expect(letters.count == 1 && !isClosed)
        (letters, isClosed) = mailbox.take(2, waiting: .seconds(60))
        #expect(letters.isEmpty && isClosed)
        #expect(mailbox.takeLost() == 1)
        #expect(!hasEnded.withLock { $0 })
        mailbox.end()
        #expect(hasEnded.withLock { $0 })
    }

    @Test(.timeLimit(.minutes(1)))
    func `whoever waits is woken by a letter, and by the end`() async {
        let mailbox = JournalMailbox(capacity: 8)
        let taken = Mutex<[Int]>([])
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            Thread {
                while true {
                    let (letters, isClosed) = mailbox.take(512, waiting: .seconds(3600))
                    if isClosed { break }
                    taken.withLock { $0.append(letters.count) }
                    // Closed only once the letter was taken, so that each wakes by itself.
                    if !letters.isEmpty { Thread { mailbox.close { ended.resume() } }.start() }
                }
                mailbox.end()
            }.start()
            Thread { _ = mailbox.post(intent) }.start()
        }
        #expect(taken.withLock { $0.reduce(0, +) } == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `no letter is lost or doubled, however many threads post`() async {
        let mailbox = JournalMailbox(capacity: 100_000)
        let (threads, each) = (4, 2000)
        let left = Mutex(threads)
        let tickets = Mutex<[UInt64]>([])
        await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
            Thread {
                while true {
                    let (letters, isClosed) = mailbox.take(100, waiting: .seconds(3600))
                    if isClosed { break }
                    tickets.withLock { $0 += letters.map(\.ticket) }
                }
                mailbox.end()
            }.start()
            for thread in 0..<threads {
                Thread {
                    for number in 0..<each {
                        _ = mailbox.post(letter(.lookUp(message), UInt64(thread * each + number)))
                    }
                    if left.withLock({
                        $0 -= 1
                        return $0
                    }) == 0 {
                        mailbox.close { ended.resume() }
                    }
                }.start()
            }
        }
        let all = tickets.withLock { $0 }
        #expect(all.sorted() == (0..<UInt64(threads * each)).map { $0 })
        for thread in 0..<threads {
            let own = all.filter { Int($0) / each == thread }
            #expect(own == own.sorted(), "letters of one thread stay in their order")
        }
    }
}
