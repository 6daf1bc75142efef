/// Something whose figures are read when somebody looks, such as how full a cache is. Called from any thread; must
/// not wait.
package protocol MetricSource: Sendable {
    func families() -> [MetricFamily]
}
