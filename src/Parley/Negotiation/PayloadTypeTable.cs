using Parley.Sdp;

namespace Parley;

/// <summary>
/// The payload types of a connection: once a codec has one it keeps it over all renegotiations (RFC 3264 §8.3.2), and no number is
/// given to two codecs, as sections that share a transport demand (RFC 8843 §9.1).
/// </summary>
internal sealed class PayloadTypeTable
{
    private readonly Dictionary<string, int> _byCodec = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<int> _used = [];

    /// <summary>What undoes all that is learnt and given from now on.</summary>
    public Action Save()
    {
        KeyValuePair<string, int>[] numbers = [.. _byCodec];
        int[] used = [.. _used];
        return () =>
        {
            _byCodec.Clear();
            Array.ForEach(numbers, entry => _byCodec.Add(entry.Key, entry.Value));
            _used.Clear();
            _used.UnionWith(used);
        };
    }

    /// <summary>Takes over the number that the peer uses for a codec.</summary>
    public void Learn(string kind, CodecDescription codec, CodecDescription? repaired)
    {
        // The number belongs to this codec now: what had it before, in an offer that came to nothing, gets another.
        foreach (var other in _byCodec.Where(entry => entry.Value == codec.PayloadType).Select(entry => entry.Key).ToArray())
        {
            _byCodec.Remove(other);
        }

        _byCodec[Key(kind, codec.Name, codec.ClockRate, codec.Channels, repaired is null ? codec.Parameters : Key(kind, repaired))] =
            codec.PayloadType;
        _used.Add(codec.PayloadType);
    }

    /// <summary>The number of a codec: the one it has, the preferred one, or the next that is free; null when none is left.</summary>
    public int? Assign(string kind, CodecDescription entry, CodecDescription? repaired)
    {
        var key = Key(kind, entry.Name, entry.ClockRate, entry.Channels, repaired is null ? entry.Parameters : Key(kind, repaired));
        if (_byCodec.TryGetValue(key, out var payloadType))
        {
            return payloadType;
        }

        if (!_used.Contains(entry.PayloadType))
        {
            payloadType = entry.PayloadType;
        }
        else
        {
            // RFC 5761 §4: 64 to 95 clash with RTCP; RFC 3551 leaves 96 to 127, then 35 to 63, for dynamic use.
            var free = Enumerable.Range(
                96, 32).Concat(Enumerable.Range(35, 29)).Where(number => !_used.Contains(number)).Cast<int?>().FirstOrDefault();
            if (free is null)
            {
                return null;
            }

            payloadType = free.Value;
        }

        _byCodec[key] = payloadType;
        _used.Add(payloadType);
        return payloadType;
    }

    private static string Key(string kind, CodecDescription codec) =>
        Key(kind, codec.Name, codec.ClockRate, codec.Channels, codec.Parameters);

    private static string Key(string kind, string name, int clockRate, int channels, string? parameters) =>
        $"{kind}/{name}/{clockRate}/{channels}/{Significant(name, parameters)}";

    // Of the format parameters only those that make another codec of it: two Opus lines differ in taste, two H.264 profiles in kind; of VP9
    // and AV1 only the profile does.
    private static string Significant(string name, string? parameters)
    {
        if (name.ToLowerInvariant() is "vp9" or "av1")
        {
            var codec = new CodecDescription(0, name, 90_000, 1, parameters);
            return codec.Parameter("profile-id") ?? codec.Parameter("profile") ?? "0";
        }

        if (parameters is null || name.ToLowerInvariant() is "opus" or "vp8" or "telephone-event")
        {
            return "";
        }

        var parts = parameters.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        Array.Sort(parts, StringComparer.OrdinalIgnoreCase);
        return string.Join(';', parts);
    }
}
