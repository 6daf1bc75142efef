private import FoundationEssentials

/// Gives the `Date` of now and formats it once a second. Confined to one event loop.
final class DateClock {
    private var second = -1
    private var text = ""

    func now() -> String {
        let current = Int(Date().timeIntervalSince1970)
        if current != second {
            second = current
            text = HTTPDate.text(unixSeconds: current)
        }
        return text
    }
}
