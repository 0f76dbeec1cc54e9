using System.Buffers;
using System.Text.Json;

namespace Parley.Server;

/// <summary>
/// A message from one peer to another, read only as far as the server needs: that it is one JSON object, whom it is for, and that
/// it carries something. Everything else passes byte for byte.
/// </summary>
internal static class PeerMessage
{
    /// <summary>
    /// Finds whom the message is for and makes what they get: the same object with <c>from</c> in the place of <c>to</c>.
    /// </summary>
    /// <param name="message">The whole text message.</param>
    /// <param name="from">The sender's id; plain ASCII without anything that JSON escapes.</param>
    /// <param name="to">Whom it is for: the raw UTF-8 of the last <c>to</c>.</param>
    /// <param name="relayed">What they get.</param>
    /// <param name="error">Why not.</param>
    /// <remarks>
    /// <c>type</c> and <c>from</c> are the server's words; a peer that says them could pass for the server or for another peer, so
    /// they are taken out, as are all <c>to</c> but the one replaced.
    /// </remarks>
    public static bool TryAddress(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> from, out ReadOnlyMemory<byte> to, out ReadOnlyMemory<byte> relayed,
        out PeerMessageError error)
    {
        to = default;
        relayed = default;
        try
        {
            return TryAddressCore(message, from, out to, out relayed, out error);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape that is no character, such as a lone surrogate.
            error = PeerMessageError.NotJson;
            return false;
        }
    }

    private static bool TryAddressCore(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> from, out ReadOnlyMemory<byte> to, out ReadOnlyMemory<byte> relayed,
        out PeerMessageError error)
    {
        to = default;
        relayed = default;
        error = PeerMessageError.NotJson;
        var reader = new Utf8JsonReader(message);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var output = new ArrayBufferWriter<byte>(message.Length + from.Length + 16);
        output.Write("{\"from\":\""u8);
        output.Write(from);
        output.Write("\""u8);
        bool addressed = false;
        bool carries = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int start = (int)reader.TokenStartIndex;
            bool isTo = reader.ValueTextEquals("to"u8);
            bool isReserved = isTo || reader.ValueTextEquals("from"u8) || reader.ValueTextEquals("type"u8);
            carries |= reader.ValueTextEquals("description"u8) || reader.ValueTextEquals("candidate"u8);
            reader.Read();
            if (isTo && reader.TokenType == JsonTokenType.String)
            {
                to = reader.ValueSpan.ToArray();
                addressed = true;
            }

            reader.Skip();
            if (!isReserved)
            {
                output.Write(","u8);
                output.Write(message[start..(int)reader.BytesConsumed]);
            }
        }

        // Past the closing brace only white space may follow; the reader throws at anything else.
        reader.Read();
        output.Write("}"u8);
        relayed = output.WrittenMemory;
        error = addressed && carries ? PeerMessageError.None : PeerMessageError.MissingField;
        return error == PeerMessageError.None;
    }
}
