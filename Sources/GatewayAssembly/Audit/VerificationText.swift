internal import AuditReport

/// What was verified, in words.
enum VerificationText {
    static func lines(_ report: VerificationReport) -> [String] {
        var lines = ["ok: \(report.size) records, \(report.signedSize) of them signed"]
        if report.pruned > 0 { lines.append("records 1 to \(report.pruned) were removed because of their age") }
        if report.open > 0 { lines.append("\(report.open) messages have no outcome yet") }
        switch report.kept {
        case .agrees(let size): lines.append("the checkpoint over \(size) records that was kept elsewhere agrees")
        case .pruned(let size):
            lines.append("the checkpoint that was kept elsewhere can NOT be compared: its \(size) records were removed")
        case nil: break
        }
        if let contents = report.contents {
            lines.append("\(contents.matching) contents match their commitments")
            if contents.sealed > 0 { lines.append("\(contents.sealed) contents could NOT be opened: no master key") }
        }
        return lines
    }
}
