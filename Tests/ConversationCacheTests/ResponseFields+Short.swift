import ConversationCache

extension ResponseFields {
    static let none = ResponseFields()

    static func said(
        _ control: String? = nil,
        age: Int? = nil,
        date: Int? = nil,
        expires: Expires? = nil,
        tag: String? = nil,
        changed: String? = nil,
        varies: Bool = false
    ) -> ResponseFields {
        var fields = ResponseFields()
        fields.cacheControl = control.map { CacheControl($0) }
        (fields.age, fields.date, fields.expires) = (age, date, expires)
        fields.validators = Validators(entityTag: tag, lastModified: changed)
        fields.variesBeyondKey = varies
        return fields
    }
}
