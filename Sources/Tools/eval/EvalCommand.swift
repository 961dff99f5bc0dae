@main
struct EvalCommand {
    static func main() {}
}
