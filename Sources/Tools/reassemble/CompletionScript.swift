import Suite

/// The script that teaches a shell the tools; their options it asks each tool for, when they are wanted.
struct CompletionScript {
    let text: String

    /// The script for `bash`, `zsh` or `fish`; nil for any other.
    init?(shell: String) {
        let tools = SuiteTool.allCases.map(\.rawValue)
        let words = tools.joined(separator: " ")
        switch shell {
        case "bash":
            text = """
                # bash completion for reassemble
                _reassemble() {
                    local tool=${COMP_WORDS[1]}
                    COMPREPLY=()
                    if ((COMP_CWORD == 1)); then
                        COMPREPLY=($(compgen -W '\(words) help' -- "$tool"))
                        return
                    fi
                    [[ " \(words) " == *" $tool "* ]] || return
                    local options=_reassemble_${tool//-/_}
                    declare -F "$options" >/dev/null ||
                        source <("${COMP_WORDS[0]}" "$tool" --generate-completion-script bash)
                    COMP_WORDS=("${COMP_WORDS[@]:1}")
                    ((COMP_CWORD--))
                    "$options"
                }
                complete -F _reassemble reassemble

                """
        case "zsh":
            text = """
                #compdef reassemble
                # zsh completion for reassemble
                _reassemble() {
                    local tool=$words[2]
                    if ((CURRENT == 2)); then
                        compadd \(words) help
                        return
                    fi
                    [[ " \(words) " == *" $tool "* ]] || return
                    local options=_reassemble_${tool//-/_}
                    (($+functions[$options])) ||
                        eval "$("$words[1]" "$tool" --generate-completion-script zsh)"
                    shift words
                    ((CURRENT--))
                    "$options"
                }
                if [[ $funcstack[1] == _reassemble ]]; then
                    _reassemble "$@"
                else
                    compdef _reassemble reassemble
                fi

                """
        case "fish":
            let tool = "__fish_seen_subcommand_from"
            text =
                """
                # fish completion for reassemble
                complete -c reassemble -n 'not \(tool) \(words)' -f -a '\(words) help'

                """
                + tools.map { name in
                    "complete -c reassemble -n '\(tool) \(name)' -f -a "
                        + "'(complete -C \"reassemble-\(name) \"(commandline -ct))'\n"
                }.joined()
        default: return nil
        }
    }
}
