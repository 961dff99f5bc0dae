/// A shell that can complete what is typed.
public enum Shell: String, CaseIterable, Sendable {
    /// GNU Bash.
    case bash
    /// The Z shell.
    case zsh
    /// The friendly interactive shell.
    case fish
}

extension OptionTable {
    /// A script that teaches a shell the options of the tool.
    public func completionScript(for shell: Shell, program: String? = nil) -> String {
        let program = program ?? tool
        return switch shell {
        case .bash: bashScript(program)
        case .zsh: zshScript(program)
        case .fish: fishScript(program)
        }
    }

    /// The options that are offered.
    private var offered: [OptionDeclaration] { options.filter { $0.role == .option } }

    private func bashScript(_ program: String) -> String {
        let function = "_" + String(program.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        var cases: [String] = []
        for option in offered {
            let action: String
            switch (option.arity, option.completion) {
            case (.truth, _), (_, .nothing): continue
            case (_, .file): action = "COMPREPLY=($(compgen -f -- \"$word\"))"
            case (_, .folder): action = "COMPREPLY=($(compgen -d -- \"$word\"))"
            case (_, .words(let words)):
                let list = words.joined(separator: " ")
                action = "COMPREPLY=($(compgen -W '\(list)' -- \"$word\"))"
            }
            cases.append("        \(pattern(option))) \(action); return ;;")
        }
        let silent = offered.filter { $0.arity == .one && $0.completion == .nothing }
        if !silent.isEmpty {
            cases.append("        \(silent.map(pattern).joined(separator: "|"))) return ;;")
        }
        let names = offered.map(\.spelling).joined(separator: " ")
        return """
            # bash completion for \(program)
            \(function)() {
                local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
                COMPREPLY=()
                compopt -o filenames 2>/dev/null
                # --name=value arrives as three words.
                if [[ $word == = ]]; then
                    word=
                elif [[ $option == = ]]; then
                    option=${COMP_WORDS[COMP_CWORD-2]}
                fi
                case ${option//_/-} in
            \(cases.joined(separator: "\n"))
                esac
                if [[ $word == -* ]]; then
                    compopt +o filenames 2>/dev/null
                    COMPREPLY=($(compgen -W '\(names)' -- "${word//_/-}"))
                else
                    COMPREPLY=($(compgen -f -- "$word"))
                fi
            }
            complete -F \(function) \(program)

            """
    }

    private func pattern(_ option: OptionDeclaration) -> String {
        (option.letter.map { "-\($0)|" } ?? "") + "--\(option.name)"
    }

    private func zshScript(_ program: String) -> String {
        let function = "_" + String(program.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        var specs: [String] = []
        for option in offered {
            let text = zshText(option.help)
            let value: String
            switch (option.arity, option.completion) {
            case (.truth, _): value = ""
            case (_, .nothing): value = ":\(zshText(option.placeholder)): "
            case (_, .file): value = ":\(zshText(option.placeholder)):_files"
            case (_, .folder): value = ":\(zshText(option.placeholder)):_files -/"
            case (_, .words(let words)):
                value = ":\(zshText(option.placeholder)):(\(words.joined(separator: " ")))"
            }
            let join = value.isEmpty ? "" : "="
            let repeats = option.arity == .many ? "*" : ""
            specs.append("'\(repeats)\(option.spelling)\(join)[\(text)]\(value)'")
            if let letter = option.letter {
                let join = value.isEmpty ? "" : "+"
                specs.append("'\(repeats)-\(letter)\(join)[\(text)]\(value)'")
            }
        }
        specs.append("'*:file:_files'")
        return """
            #compdef \(program)
            # zsh completion for \(program)
            \(function)() {
                _arguments -s -S \\
                    \(specs.joined(separator: " \\\n        "))
            }
            if [[ $funcstack[1] == \(function) ]]; then
                \(function) "$@"
            else
                compdef \(function) \(program)
            fi

            """
    }

    private func zshText(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "'": result += "'\\''"
            case "[", "]", ":", "\\": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return result
    }

    private func fishScript(_ program: String) -> String {
        var lines = ["# fish completion for \(program)"]
        for option in offered {
            var words = ["complete", "-c", program]
            if let letter = option.letter { words += ["-s", String(letter)] }
            words += ["-l", String(option.spelling.dropFirst(2))]
            switch (option.arity, option.completion) {
            case (.truth, _): break
            case (_, .nothing): words.append("-x")
            case (_, .file): words.append("-r -F")
            case (_, .folder): words.append("-x -a '(__fish_complete_directories)'")
            case (_, .words(let choices)):
                words.append("-x -a '\(choices.joined(separator: " "))'")
            }
            words += ["-d", "'\(fishText(option.help))'"]
            lines.append(words.joined(separator: " "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func fishText(_ text: String) -> String {
        var result = ""
        for character in text {
            if character == "'" || character == "\\" { result += "\\" }
            result.append(character)
        }
        return result
    }
}
