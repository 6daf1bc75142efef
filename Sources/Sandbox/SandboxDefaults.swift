/// What is there for a newcomer who says nothing.
enum SandboxDefaults {
    /// A key with every permission.
    static let key = "sandbox-divar-key"
    /// A user's token with every scope, which never expires.
    static let userToken = "sandbox-user-token"
    static let user = "sandbox-user"
    static let app = "sandbox"
    static let conversation = "sandbox-conversation"
    static let postToken = "SaNdBox1"
    /// What the buyer in the conversation has asked already: whether the post is still up.
    static let greeting = "سلام، این آگهی هنوز موجود است؟"
    /// Whom the token endpoint knows.
    static let oauthClient = "sandbox-client"
    static let oauthSecret = "sandbox-client-secret"
    static let redirectURI = "https://service.invalid/divar"
    /// Stands for every permission of a key and every scope of a token.
    static let everything = "*"
}
