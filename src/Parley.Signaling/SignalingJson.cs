using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>How signaling messages become JSON and back, generated at build time so that it survives trimming and Native AOT.</summary>
public static class SignalingJson
{
    /// <summary>Writes a message of the server's own.</summary>
    public static byte[] Write(ServerMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, SignalingJsonContext.Default.ServerMessage);

    /// <summary>Writes a description for a peer.</summary>
    public static byte[] Write(string to, SessionDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        var content = new DescriptionContent(description.Type.ToW3CName(), description.Sdp);
        return JsonSerializer.SerializeToUtf8Bytes(new DescriptionEnvelope(to, content), SignalingJsonContext.Default.DescriptionEnvelope);
    }

    /// <summary>Writes a candidate for a peer; null for the end of gathering.</summary>
    public static byte[] Write(string to, IceCandidateInit? candidate) =>
        JsonSerializer.SerializeToUtf8Bytes(new CandidateEnvelope(to, candidate), SignalingJsonContext.Default.CandidateEnvelope);

    /// <summary>Reads what came from the server.</summary>
    /// <param name="utf8">One whole message.</param>
    /// <param name="server">What the server says, if it is the server's own.</param>
    /// <param name="from">Whom it is from, if it is a peer's.</param>
    /// <param name="message">What the peer says.</param>
    /// <returns>False for what docs/signaling.md does not know; a later version may say more, so it is passed over.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out ServerMessage? server, out string? from, out SignalingMessage? message)
    {
        server = null;
        from = null;
        message = null;
        try
        {
            PeerContent? content = JsonSerializer.Deserialize(utf8, SignalingJsonContext.Default.PeerContent);
            if (content?.From is null)
            {
                server = JsonSerializer.Deserialize(utf8, SignalingJsonContext.Default.ServerMessage);
                return server is not null;
            }

            from = content.From;
            return TryRead(content, out message);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            // NotSupportedException: a "type" this version does not know.
            return false;
        }
    }

    private static bool TryRead(PeerContent content, out SignalingMessage? message)
    {
        message = null;
        if (content.Description is { } description)
        {
            if (W3CNames.TryParseSdpType(description.Type, out SdpType type))
            {
                message = SignalingMessage.Of(new SessionDescription(type, description.Sdp ?? ""));
            }
        }
        else if (content.Candidate.ValueKind != JsonValueKind.Undefined)
        {
            message = SignalingMessage.Of(content.Candidate.Deserialize(SignalingJsonContext.Default.IceCandidateInit));
        }

        return message is not null;
    }
}

/// <summary>The generated part of <see cref="SignalingJson"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    AllowOutOfOrderMetadataProperties = true,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ServerMessage))]
[JsonSerializable(typeof(PeerContent))]
[JsonSerializable(typeof(DescriptionEnvelope))]
[JsonSerializable(typeof(CandidateEnvelope))]
[JsonSerializable(typeof(IceCandidateInit))]
internal sealed partial class SignalingJsonContext : JsonSerializerContext;
