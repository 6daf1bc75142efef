/// The levels of the log, as swift-log names them.
enum AdminLevels {
    static let all = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
}
