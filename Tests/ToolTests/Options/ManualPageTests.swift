import Testing
import ToolSupport

@Suite("The manual page")
struct ManualPageTests {
    @Test("has the sections of a manual page, and every character means itself")
    func whole() {
        let expected = #"""
            .TH SMALL 1 "" "Reassemble 0.4.0"
            .SH NAME
            small \- do a little
            .SH SYNOPSIS
            small [options] INPUT MORE...
            .SH EXAMPLES
            .PP
            just do it
            .PP
            .nf
            .RS 4
            small a.txt b.txt
            .RE
            .fi
            .PP
            do it in two lines
            .PP
            .nf
            .RS 4
            small \-\-method=exact \e
                \-\-output out.txt a.txt b.txt
            .RE
            .fi
            .SH ARGUMENTS
            .TP
            \fIINPUT\fR
            What to read.
            .TP
            \fIMORE\fR
            What else to read.
            .SH FILES
            .TP
            \fB\-o, \-\-output FILE\fR
            Where to write.
            .TP
            \fB\-\-cache\-dir DIR\fR
            Where to keep what it's worth.
            .SH RUNNING
            .TP
            \fB\-\-method NAME\fR
            How the numbers are computed (fast or exact; default: fast).
            .TP
            \fB\-s, \-\-a\-name\-that\-is\-too\-long N\fR
            A size that is explained in more words than there is room for in one line of text (default: 3).
            .TP
            \fB\-j, \-\-threads N\fR
            Threads. They compute (default: every core).
            .TP
            \fB\-q, \-\-quiet\fR
            Say less [much]: it's \efine.
            .TP
            \fB\-\-no\-progress\fR
            No progress line.
            .SH GENERAL
            .TP
            \fB\-h, \-\-help\fR
            Show this text.
            .TP
            \fB\-\-version\fR
            Show the version.
            .TP
            \fB\-\-flagfile FILE\fR
            More flags, one a line; # begins a comment.
            .TP
            \fB\-\-generate\-completion\-script SHELL\fR
            Write a completion script (bash, zsh or fish).
            .TP
            \fB\-\-generate\-manual\fR
            Write the manual page (roff).
            .SH EXIT STATUS
            .TP
            \fB0\fR
            done
            .TP
            \fB1\fR
            the answer is no: two things differ, or a check failed
            .TP
            \fB2\fR
            the command line cannot be understood
            .TP
            \fB3\fR
            a file is missing, corrupt, unreadable, or in the way
            .TP
            \fB4\fR
            checkpoint and model do not fit
            .TP
            \fB130\fR
            interrupted

            """#
        #expect(Small.table.manualPage() == expected)
    }
}
