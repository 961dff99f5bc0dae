import Convert
import Testing

@Suite
struct NameRuleTests {
    @Test(
        "a rule replaces every match",
        arguments: [
            ("s/a/b/", "banana", "bbnbnb"),
            ("s|^resnet_model/||", "resnet_model/dense/kernel", "dense/kernel"),
            (#"s/(conv)2d_(\d+)/\2-\1/"#, "x/conv2d_12/kernel", "x/12-conv/kernel"),
            (#"s/a/\\/"#, "bab", #"b\b"#),
            ("s/.*/a/", "dense", "a"),
            ("s/x*/-/", "abc", "-a-b-c-"),
            ("s/b*/-/", "abc", "-a-c-"),
            ("s/$/!/", "dense", "dense!"),
            ("s/none/x/", "dense", "dense"),
        ]
    )
    func apply(rule: String, name: String, expected: String) throws {
        #expect(try NameRule(rule).apply(name) == expected)
    }

    @Test(
        "a malformed rule is refused",
        arguments: [
            "", "s", "s/", "s/a", "s/a/b", "y/a/b/", "s//b/", "s/(/b/", "s/a/b/g", #"s/a/\q/"#,
        ]
    )
    func malformed(rule: String) {
        #expect(throws: ConversionError.malformedRule(rule)) { try NameRule(rule) }
    }
}
