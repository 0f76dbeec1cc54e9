using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley;

/// <summary>
/// RTCIceCandidate's toJSON, and RTCIceCandidateInit read from it:
/// <c>{"candidate":"candidate:…","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"…"}</c>, a member without a value as null.
/// </summary>
public sealed class IceCandidateInitJsonConverter : JsonConverter<IceCandidateInit>
{
    /// <inheritdoc/>
    public override IceCandidateInit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ReadInit(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IceCandidateInit value, JsonSerializerOptions options) => WriteInit(writer, value);

    internal static IceCandidateInit ReadInit(ref Utf8JsonReader reader)
    {
        BrowserJson.ExpectObject(ref reader);
        var candidate = new IceCandidateInit();
        while (BrowserJson.TryReadMember(ref reader, out var name))
        {
            switch (name)
            {
                case "candidate":
                    candidate = candidate with { Candidate = BrowserJson.ReadText(ref reader) ?? "" };
                    break;
                case "sdpMid":
                    candidate = candidate with { SdpMid = BrowserJson.ReadText(ref reader) };
                    break;
                case "sdpMLineIndex":
                    candidate = candidate with { SdpMLineIndex = BrowserJson.ReadNumber(ref reader) };
                    break;
                case "usernameFragment":
                    candidate = candidate with { UsernameFragment = BrowserJson.ReadText(ref reader) };
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return candidate;
    }

    internal static void WriteInit(Utf8JsonWriter writer, IceCandidateInit value)
    {
        writer.WriteStartObject();
        BrowserJson.WriteText(writer, "candidate", value.Candidate);
        BrowserJson.WriteText(writer, "sdpMid", value.SdpMid);
        if (value.SdpMLineIndex is { } index)
        {
            writer.WriteNumber("sdpMLineIndex", index);
        }
        else
        {
            writer.WriteNull("sdpMLineIndex");
        }

        BrowserJson.WriteText(writer, "usernameFragment", value.UsernameFragment);
        writer.WriteEndObject();
    }
}
