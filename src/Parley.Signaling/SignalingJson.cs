using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Signaling;

/// <summary>How signaling messages become JSON and back, generated at build time so that it survives trimming and Native AOT.</summary>
public static class SignalingJson
{
    /// <summary>Writes a message of the server's own.</summary>
    public static byte[] Write(ServerMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, SignalingJsonContext.Default.ServerMessage);

    /// <summary>Writes what a member says to the server itself.</summary>
    public static byte[] Write(ClientMessage message) =>
        JsonSerializer.SerializeToUtf8Bytes(message, SignalingJsonContext.Default.ClientMessage);

    /// <summary>Writes a description for a peer.</summary>
    /// <param name="to">The peer's id.</param>
    /// <param name="description">The description.</param>
    /// <param name="number">Its number among the messages to that peer, from 1; 0 for none.</param>
    public static byte[] Write(string to, SessionDescription description, long number = 0)
    {
        ArgumentNullException.ThrowIfNull(description);
        var content = new DescriptionContent(description.Type.ToW3CName(), description.Sdp);
        return JsonSerializer.SerializeToUtf8Bytes(
            new DescriptionEnvelope(to, number, content), SignalingJsonContext.Default.DescriptionEnvelope);
    }

    /// <summary>Writes a candidate for a peer; null for the end of gathering.</summary>
    /// <param name="to">The peer's id.</param>
    /// <param name="candidate">The candidate.</param>
    /// <param name="number">Its number among the messages to that peer, from 1; 0 for none.</param>
    public static byte[] Write(string to, IceCandidateInit? candidate, long number = 0) =>
        JsonSerializer.SerializeToUtf8Bytes(new CandidateEnvelope(to, number, candidate), SignalingJsonContext.Default.CandidateEnvelope);

    /// <summary>Reads what a member says to the server itself.</summary>
    /// <param name="utf8">One whole message.</param>
    /// <param name="message">The message.</param>
    /// <returns>False for anything else.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out ClientMessage? message)
    {
        message = null;
        try
        {
            message = JsonSerializer.Deserialize(utf8, SignalingJsonContext.Default.ClientMessage);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            // NotSupportedException: no "type", or one that is not known. InvalidOperationException: an escape that is no character.
        }

        return message is not null;
    }

    /// <summary>Reads what came from the server.</summary>
    /// <param name="utf8">One whole message.</param>
    /// <param name="server">What the server says, if it is the server's own.</param>
    /// <param name="from">Whom it is from, if it is a peer's.</param>
    /// <param name="message">What the peer says.</param>
    /// <returns>False for what docs/signaling.md does not know; a later version may say more, so it is passed over.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out ServerMessage? server, out string? from, out SignalingMessage? message) =>
        TryRead(utf8, out server, out from, out _, out message);

    /// <summary>The same, with the number of a peer's message; 0 when it has none.</summary>
    internal static bool TryRead(
        ReadOnlySpan<byte> utf8, out ServerMessage? server, out string? from, out long number, out SignalingMessage? message)
    {
        server = null;
        from = null;
        number = 0;
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
            _ = content.N.ValueKind == JsonValueKind.Number && content.N.TryGetInt64(out number);
            return TryRead(content, out message);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            // NotSupportedException: a "type" this version does not know. InvalidOperationException: an escape that is no character.
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
[JsonSerializable(typeof(ClientMessage))]
[JsonSerializable(typeof(PeerContent))]
[JsonSerializable(typeof(DescriptionEnvelope))]
[JsonSerializable(typeof(CandidateEnvelope))]
[JsonSerializable(typeof(IceCandidateInit))]
internal sealed partial class SignalingJsonContext : JsonSerializerContext;
