using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley;

/// <summary>RTCIceCandidate's toJSON; the four members are all that is written, and all that is read.</summary>
public sealed class IceCandidateJsonConverter : JsonConverter<IceCandidate>
{
    /// <inheritdoc/>
    public override IceCandidate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var init = IceCandidateInitJsonConverter.ReadInit(ref reader);
        return init is { SdpMid: null, SdpMLineIndex: null }
            ? throw new JsonException("A candidate names its section by mid or index.")
            : new IceCandidate(init);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, IceCandidate value, JsonSerializerOptions options) =>
        IceCandidateInitJsonConverter.WriteInit(writer, value.ToInit());
}
