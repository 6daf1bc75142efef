internal import Delivery

/// Reads `reconcile`.
struct ReconcileReader {
    private let mapping: MappingReader

    init(_ mapping: MappingReader) {
        self.mapping = mapping
    }

    func read() -> ReconcileSettings {
        var settings = ReconcileSettings()
        if let isEnabled = mapping.value("enabled", "true or false", UnitParser.truth) {
            settings.isEnabled = isEnabled
        }
        if let settle = mapping.duration("settle", in: .seconds(1) ... .seconds(3600)) {
            settings.settle = Int64(settle / .microseconds(1))
        }
        mapping.reportUnknownKeys()
        return settings
    }
}
