using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley;

/// <summary>RTCSessionDescription's toJSON, and RTCSessionDescriptionInit read from it: <c>{"type":"offer","sdp":"…"}</c>.</summary>
public sealed class SessionDescriptionJsonConverter : JsonConverter<SessionDescription>
{
    /// <inheritdoc/>
    public override SessionDescription Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        BrowserJson.ExpectObject(ref reader);
        SdpType? type = null;
        var sdp = "";
        while (BrowserJson.TryReadMember(ref reader, out var name))
        {
            switch (name)
            {
                case "type":
                    type = W3CNames.TryParseSdpType(BrowserJson.ReadText(ref reader), out var known) ? known : null;
                    break;
                case "sdp":
                    sdp = BrowserJson.ReadText(ref reader) ?? "";
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new SessionDescription(type ?? throw new JsonException("A description's type is offer, pranswer, answer or rollback."), sdp);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, SessionDescription value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        BrowserJson.WriteText(writer, "type", value.Type.ToW3CName());
        BrowserJson.WriteText(writer, "sdp", value.Sdp);
        writer.WriteEndObject();
    }
}
