package import Metrics
private import Synchronization

/// Every metric of the process: what swift-metrics hands its observations to, and what `/metrics` is written from.
///
/// Families that the product describes beforehand have their own help and bounds; what a library reports besides gets
/// plain ones. Making a series takes a lock, observing in one hardly anything, so whoever observes often keeps it.
package final class MetricsRegistry: MetricsFactory {
    /// Of one family. A label that takes more values than this is a mistake, and mustn't eat the memory.
    package static let maximumSeries = 2000
    /// 1 ms to 10 s, each about twice the one before: for families that nobody described.
    package static let usualBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private struct Family {
        let description: MetricDescription
        var series: [[MetricLabel]: any MetricSeries] = [:]
    }

    private let families: Mutex<[String: Family]>
    private let sources = Mutex<[any MetricSource]>([])

    package init(describing descriptions: [MetricDescription] = []) {
        families = Mutex(
            Dictionary(descriptions.map { ($0.name, Family(description: $0)) }, uniquingKeysWith: { first, _ in first })
        )
    }

    /// Asks the source, too, from now on.
    package func add(_ source: any MetricSource) {
        sources.withLock { $0.append(source) }
    }

    /// All that there is to say, in a fixed order.
    package func collect() -> [MetricFamily] {
        let kept = families.withLock { families in
            families.values.map { family in
                MetricFamily(
                    family.description,
                    family.series.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                        .map { MetricSample($0.key, $0.value.value) }
                )
            }
        }
        let asked = sources.withLock { $0 }.flatMap { $0.families() }
        return (kept + asked).filter { !$0.samples.isEmpty }.sorted { $0.description.name < $1.description.name }
    }

    // MARK: Making series

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, .counter, dimensions) { _ in CounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, .gauge, dimensions) { _ in GaugeSeries() }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? histogram(label, dimensions) as any RecorderHandler
            : series(label, .gauge, dimensions) { _ in GaugeSeries() } as any RecorderHandler
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        series(label, .histogram, dimensions) { HistogramSeries(bounds: $0.bounds) }
    }

    /// The series of that name and those labels; one that nobody sees where the name is taken by another kind of metric
    /// or the family is full.
    private func series<Series: MetricSeries>(
        _ label: String,
        _ kind: MetricKind,
        _ dimensions: [(String, String)],
        make: (MetricDescription) -> Series
    ) -> Series {
        let name = MetricsRegistry.name(label)
        let labels = dimensions.map { MetricLabel(MetricsRegistry.name($0.0), $0.1) }.sorted()
        return families.withLock { families in
            var family = families[name] ?? Family(description: MetricsRegistry.undescribed(name, kind))
            if let known = family.series[labels] as? Series { return known }
            let made = make(family.description)
            guard family.description.kind == kind, family.series.count < MetricsRegistry.maximumSeries else {
                return made
            }
            family.series[labels] = made
            families[name] = family
            return made
        }
    }

    private static func undescribed(_ name: String, _ kind: MetricKind) -> MetricDescription {
        MetricDescription(name, kind, bounds: kind == .histogram ? usualBounds : [], "Reported by a library.")
    }

    /// Names have letters, digits and underscores; libraries use dots and hyphens, too.
    private static func name(_ label: String) -> String {
        var name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        if name.first.map(\.isNumber) ?? true { name = "_" + name }
        return name
    }

    // MARK: Series end with the process

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
