internal import AuditReport
private import Journal
private import Messaging
private import StrictJSON

/// The whole life of one message.
struct StoryPage: Sendable {
    struct Row: Sendable {
        let label: String
        let value: String
    }

    struct Tile: Sendable {
        let label: String
        let value: String
        let sub: String
        let tone: String
    }

    struct Summary: Sendable {
        let tiles: [Tile]
    }

    struct Chapter: Sendable {
        let kind: String
        let number: Int
        let time: String
        let tone: String
        let rows: [Row]
        let proof: [Row]
    }

    let frame: PageFrame
    let kindOfPage: String
    let heading: String
    /// Empty for a record of no message.
    let message: String
    let summary: Summary?
    let problem: String?
    let hasContent: Bool
    /// What is kept of the text, in words.
    let content: String
    let canShow: Bool
    /// The text, where it is shown.
    let text: String?
    /// What the message has besides its text.
    let rest: String?
    let chapters: [Chapter]
    let isComplete: Bool

    init(
        _ frame: PageFrame,
        _ story: MessageStory,
        mayShow: Bool,
        text: KeptText? = nil,
        problem: String? = nil
    ) {
        self.frame = frame
        kindOfPage = story.message == nil ? "Record" : "Message"
        message = story.message?.description ?? ""
        heading = story.message?.description ?? "Record \(story.chapters.first?.record.number ?? 0)"
        summary = story.message == nil ? nil : Summary(tiles: StoryPage.tiles(of: story))
        hasContent = story.content != nil
        content = (story.content ?? "").prefix(1).uppercased() + (story.content ?? "").dropFirst() + "."
        canShow = mayShow && story.isContentKept
        chapters = story.chapters.map(StoryPage.chapter)
        isComplete = story.isComplete
        switch text {
        case .kept(let json):
            (self.text, rest) = StoryPage.parts(of: json)
            self.problem = problem
        case .absent(let reason):
            (self.text, rest) = (nil, nil)
            self.problem = "Nothing can be shown: \(reason)."
        case nil:
            (self.text, rest) = (nil, nil)
            self.problem = problem
        }
    }

    private static func tiles(of story: MessageStory) -> [Tile] {
        let records = story.chapters.map(\.record)
        func last(_ name: String) -> String? { records.compactMap { $0[name] }.last }
        let outcome = last("outcome") ?? ""
        let tone = OutcomeTone(kind: .intent, outcome: outcome)
        let reconciled = last("reconciled").map { "looked for: \($0)" }
        let to = last("user").map { ("To user", $0) } ?? ("To conversation", last("conversation") ?? "–")
        let attempts = records.compactMap { $0.integer("attempts") }.last
        return [
            Tile(
                label: "Outcome", value: tone.word, sub: reconciled ?? last("reason") ?? "", tone: tone.tone),
            Tile(label: to.0, value: to.1, sub: "app \(last("app") ?? "–")", tone: ""),
            Tile(label: "From caller", value: last("caller") ?? "–", sub: last("known_by") ?? "", tone: ""),
            Tile(
                label: "By endpoint", value: last("endpoint") ?? "–",
                sub: attempts.map { "\($0) attempt\($0 == 1 ? "" : "s")" } ?? "", tone: ""),
        ]
    }

    private static let inHeadings: Set<String> = ["kind", "seq", "at", "message", "v", "log"]

    private static func chapter(_ chapter: StoryChapter) -> Chapter {
        let record = chapter.record
        let tone = OutcomeTone(kind: record.kind, outcome: record["outcome"] ?? "")
        return Chapter(
            kind: record["kind"] ?? "unreadable", number: record.number, time: Wording.time(record["at"] ?? ""),
            tone: record.kind == .intent ? "" : tone.tone,
            rows: record.members.filter { !inHeadings.contains($0.name) }.map {
                Row(label: $0.name, value: $0.value.stringValue ?? JSONWriter.string($0.value))
            },
            proof: [
                Row(label: "checkpoint", value: chapter.coverage), Row(label: "leaf", value: chapter.leaf),
                Row(label: "link", value: chapter.link),
            ])
    }

    /// The text by itself, for that is what is looked for, and the rest as it is kept.
    private static func parts(of json: String) -> (text: String?, rest: String?) {
        guard let members = try? JSONParser.parse(Array(json.utf8)).objectMembers,
            let text = members.first(where: { $0.name == "text" })?.value.stringValue
        else { return (json, nil) }
        let others = members.filter { $0.name != "text" }
        return (text, others.isEmpty ? nil : JSONWriter.string(.object(others)))
    }
}
