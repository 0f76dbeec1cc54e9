using System.Text;

namespace Parley.Sctp.Wire;

/// <summary>Reads what an ABORT or ERROR chunk says (RFC 9260 §3.3.10) into words for a log.</summary>
internal static class ErrorCause
{
    private const int MaxReasonLength = 128;

    public static string Describe(ReadOnlySpan<byte> causes)
    {
        var reader = new ParameterReader(causes);
        if (!reader.TryNext())
        {
            return "no cause given";
        }

        var code = (ErrorCauseCode)reader.Type;
        if (code is not (ErrorCauseCode.UserInitiatedAbort or ErrorCauseCode.ProtocolViolation) || reader.Value.IsEmpty)
        {
            return code.ToString();
        }

        var said = new StringBuilder(code.ToString()).Append(": ");
        foreach (var letter in reader.Value[..Math.Min(reader.Value.Length, MaxReasonLength)])
        {
            said.Append(letter is >= 0x20 and < 0x7F ? (char)letter : '?');
        }

        return said.ToString();
    }

    /// <summary>The code of the first cause (RFC 9260 §3.3.10); null when there is none.</summary>
    public static ErrorCauseCode? First(ReadOnlySpan<byte> causes)
    {
        var reader = new ParameterReader(causes);
        return reader.TryNext() ? (ErrorCauseCode)reader.Type : null;
    }

    /// <summary>Whether the first cause is this one.</summary>
    public static bool Is(ReadOnlySpan<byte> causes, ErrorCauseCode code)
    {
        var reader = new ParameterReader(causes);
        return reader.TryNext() && reader.Type == (ushort)code;
    }
}
