/// The kinds of file that Divar's upload host takes, by the last segment of its paths.
enum MediaKind: String, Sendable, Hashable, CaseIterable {
    case image
    case video
    case voice
    case file

    /// What the name of a file may end with.
    var extensions: [String] {
        switch self {
        case .image: ["png", "jpeg", "jpg"]
        case .video: ["mp4"]
        case .voice: ["m4a", "3gp"]
        case .file: ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx"]
        }
    }

    var maximumBytes: Int {
        switch self {
        case .image, .file: 5 * 1024 * 1024
        case .voice: 3 * 1024 * 1024 / 2
        case .video: 50 * 1024 * 1024
        }
    }

    /// The type of a message with such a file.
    var messageType: String {
        switch self {
        case .image: "IMAGE"
        case .video: "VIDEO"
        case .voice: "VOICE"
        case .file: "FILE"
        }
    }

    /// The member of a message that describes the file.
    var dataMember: String { rawValue + "_data" }
}
