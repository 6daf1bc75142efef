/// The name of one endpoint of Divar's in answers, records, logs and metrics, such as `v1.bot.user`.
///
/// Only a label here: what stands behind it is the business of `DivarAPI`.
package struct EndpointName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}
