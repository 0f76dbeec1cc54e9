using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>Simulcast streams, <c>a=simulcast</c> (RFC 8853 §5.1). Each stream is a list of alternatives, the preferred first.</summary>
/// <param name="Send">The streams that who wrote it sends.</param>
/// <param name="Receive">The streams that who wrote it receives.</param>
public sealed record SimulcastAttribute(
    IReadOnlyList<IReadOnlyList<SimulcastStream>> Send, IReadOnlyList<IReadOnlyList<SimulcastStream>> Receive)
{
    private bool ReceiveFirst { get; init; }

    /// <summary>Reads the text after <c>a=simulcast:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SimulcastAttribute? simulcast)
    {
        simulcast = null;
        var fields = new SdpFields(text);
        List<IReadOnlyList<SimulcastStream>>? send = null, receive = null;
        bool receiveFirst = false;
        while (fields.TryNext(out var direction))
        {
            if (!fields.TryNext(out var list) || !TryReadList(list, out var streams))
            {
                return false;
            }

            if (direction is "send" && send is null)
            {
                send = streams;
            }
            else if (direction is "recv" && receive is null)
            {
                receive = streams;
                receiveFirst = send is null;
            }
            else
            {
                return false;
            }
        }

        simulcast = send is null && receive is null
            ? null
            : new SimulcastAttribute(send ?? [], receive ?? []) { ReceiveFirst = receiveFirst };
        return simulcast is not null;
    }

    /// <inheritdoc/>
    public bool Equals(SimulcastAttribute? other) => other is not null && ToString() == other.ToString();

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>The text after <c>a=simulcast:</c>.</summary>
    public override string ToString()
    {
        string send = Send.Count == 0 ? "" : "send " + ListText(Send);
        string receive = Receive.Count == 0 ? "" : "recv " + ListText(Receive);
        return (ReceiveFirst ? $"{receive} {send}" : $"{send} {receive}").Trim(' ');
    }

    private static string ListText(IReadOnlyList<IReadOnlyList<SimulcastStream>> streams) =>
        string.Join(';', streams.Select(alternatives => string.Join(',', alternatives)));

    private static bool TryReadList(ReadOnlySpan<char> list, out List<IReadOnlyList<SimulcastStream>> streams)
    {
        streams = [];
        foreach (var range in list.Split(';'))
        {
            var stream = list[range];
            var alternatives = new List<SimulcastStream>();
            foreach (var part in stream.Split(','))
            {
                var rid = stream[part];
                bool paused = rid.StartsWith('~');
                rid = paused ? rid[1..] : rid;
                if (!SdpGrammar.IsToken(rid))
                {
                    return false;
                }

                alternatives.Add(new SimulcastStream(rid.ToString(), paused));
            }

            streams.Add(alternatives);
        }

        return true;
    }
}
