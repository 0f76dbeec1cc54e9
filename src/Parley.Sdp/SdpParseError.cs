namespace Parley.Sdp;

/// <summary>What is wrong with a description, and where.</summary>
/// <param name="LineNumber">1-based; 0 when the line was made by code and never parsed.</param>
/// <param name="Line">The line's text, at most <see cref="MaximumLineLength"/> characters of it.</param>
/// <param name="Reason">The kind of fault.</param>
/// <param name="Message">One sentence for a person.</param>
public sealed record SdpParseError(int LineNumber, string Line, SdpErrorReason Reason, string Message)
{
    /// <summary>Longer lines are cut to this many characters.</summary>
    public const int MaximumLineLength = 128;

    /// <summary>"line 7: message (reason): text".</summary>
    public override string ToString() => $"line {LineNumber}: {Message} ({Reason}): {Line}";

    internal static SdpParseError Create(int lineNumber, ReadOnlySpan<char> line, SdpErrorReason reason, string message) =>
        new(lineNumber, line.Length <= MaximumLineLength ? line.ToString() : line[..MaximumLineLength].ToString(), reason, message);
}
