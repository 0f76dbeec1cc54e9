using System.Diagnostics.CodeAnalysis;

namespace Parley.Sdp;

/// <summary>The stream and track of a section's media, <c>a=msid</c> (RFC 8830 §2).</summary>
/// <param name="StreamId">The stream's id; "-" for no stream.</param>
/// <param name="TrackId">The track's id, which RFC 9429 §5.2.1 has ignored; null where not written.</param>
public sealed record MediaStreamIdAttribute(string StreamId, string? TrackId = null)
{
    /// <summary>Written for a track in no stream.</summary>
    public const string NoStream = "-";

    /// <summary>Reads the text after <c>a=msid:</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MediaStreamIdAttribute? msid)
    {
        msid = null;
        var fields = new SdpFields(text);
        if (!fields.TryNext(out var stream))
        {
            return false;
        }

        string? track = fields.TryNext(out var field) ? field.ToString() : null;
        if (!fields.IsAtEnd)
        {
            return false;
        }

        msid = new MediaStreamIdAttribute(stream.ToString(), track);
        return true;
    }

    /// <summary>The text after <c>a=msid:</c>.</summary>
    public override string ToString() => TrackId is null ? StreamId : $"{StreamId} {TrackId}";
}
