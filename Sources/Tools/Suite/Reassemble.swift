/// The suite.
public enum Reassemble {
    /// The version of the whole suite, which every tool prints and writes into what it leaves behind.
    public static let version = "0.4.0"
}
