internal import Custody
internal import Egress
private import FoundationEssentials
internal import Logging
internal import Messaging

/// Fetches the Divar keys of a running gateway again: files when they changed, all when it is asked to. What can't be
/// fetched changes nothing.
actor KeysWatch {
    private struct Place {
        let app: AppName
        let index: Int
        let settings: AppKeySettings
        var stamp: FileStamp?
        var fetched = ContinuousClock.now
        var fault: String?
    }

    /// A day: how often it is said of an old key that it is one.
    private static let adviceInterval: Duration = .seconds(86_400)

    nonisolated let keys: SharedAppKeys
    nonisolated let status: KeysStatus
    private let environment: [String: String]
    private let logger: Logger
    private var places: [Place]
    private var advised: ContinuousClock.Instant?

    /// - Parameter keys: as the start has fetched them.
    init(_ configuration: Configuration, keys: AppKeys, environment: [String: String], logger: Logger) {
        (self.environment, self.logger) = (environment, logger)
        self.keys = SharedAppKeys(keys)
        status = KeysStatus(self.keys)
        // The first look fetches all files once more, so that a change since the start is not missed.
        places = configuration.apps.sorted { $0.key.text < $1.key.text }.flatMap { app, settings in
            settings.enumerated().map { Place(app: app, index: $0.offset, settings: $0.element) }
        }
    }

    /// Fetches again what changed, or is to be fetched every so often.
    func look() {
        for index in places.indices {
            let settings = places[index].settings
            if let path = settings.source.path(in: environment) {
                let stamp = FileStamp(path: path)
                // Of a broken one, too: it may have been mended without a trace, by its mode.
                if stamp != places[index].stamp || places[index].fault != nil {
                    places[index].stamp = stamp
                    fetch(index)
                }
            } else if let refresh = settings.refresh, ContinuousClock.now - places[index].fetched >= refresh {
                fetch(index)
            }
        }
        advise()
    }

    /// Fetches all again.
    func reload() {
        for index in places.indices { fetch(index) }
    }

    private func fetch(_ index: Int) {
        let place = places[index]
        places[index].fetched = .now
        do throws(KeySourceError) {
            let key = try KeyResolver.key(place.settings, environment: environment)
            places[index].fault = nil
            if keys.offer(key, of: place.app, at: place.index) {
                logger.notice("a new key is there", metadata: ["app": "\(place.app)", "key": "\(key.name)"])
            }
        } catch {
            if place.fault != error.description {
                logger.error(
                    "a key can not be fetched: the one before it stays in use",
                    metadata: [
                        "app": "\(place.app)", "key": "\(place.settings.name)", "reason": "\(error.description)",
                    ]
                )
            }
            places[index].fault = error.description
        }
        status.set(faults: places.compactMap { place in place.fault.map { "\(place.settings.name): \($0)" } })
    }

    /// Says of keys that are to be replaced that they are, once a day.
    private func advise() {
        guard advised.map({ ContinuousClock.now - $0 >= KeysWatch.adviceInterval }) ?? true else { return }
        advised = .now
        let now = Int(Date().timeIntervalSince1970)
        for report in keys.reports() {
            guard let age = KeyAge(created: report.created, now: now), age.isOld else { continue }
            logger.warning(
                "a key is old: Divar advises to replace it every 60 days",
                metadata: ["app": "\(report.app)", "key": "\(report.name)", "age_days": "\(age.days)"]
            )
        }
    }
}
