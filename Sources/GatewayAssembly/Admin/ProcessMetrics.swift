private import Foundation
internal import Observability

/// What Linux says of the process, under the names that Prometheus' own libraries use. Read when somebody looks.
struct ProcessMetrics: MetricSource {
    private let started = Date().timeIntervalSince1970

    func families() -> [MetricFamily] {
        var families = [
            ProcessMetrics.family(
                "process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.",
                .number(started))
        ]
        if let (user, system) = ProcessMetrics.processorSeconds() {
            families.append(
                ProcessMetrics.family(
                    "process_cpu_seconds_total", .counter, "Processor time of the process.", .number(user + system)))
        }
        if let bytes = ProcessMetrics.residentBytes() {
            families.append(
                ProcessMetrics.family(
                    "process_resident_memory_bytes", .gauge, "Memory of the process.", .integer(bytes)))
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            // One of them is the look itself.
            families.append(
                ProcessMetrics.family("process_open_fds", .gauge, "Open file descriptors.", .integer(open - 1)))
        }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            families.append(
                ProcessMetrics.family(
                    "process_max_fds", .gauge, "How many file descriptors may be open.",
                    .integer(Int(clamping: limit.rlim_cur))))
        }
        return families
    }

    private static func family(
        _ name: String, _ kind: MetricKind, _ help: String, _ value: MetricValue
    ) -> MetricFamily {
        MetricFamily(MetricDescription(name, kind, help), [MetricSample(value)])
    }

    private static func processorSeconds() -> (user: Double, system: Double)? {
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
        return (seconds(usage.ru_utime), seconds(usage.ru_stime))
    }

    /// `statm` counts pages (proc_pid_statm(5)); the second is what is resident.
    private static func residentBytes() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let counts = text.split(separator: " ")
        guard counts.count > 1, let pages = Int(counts[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
