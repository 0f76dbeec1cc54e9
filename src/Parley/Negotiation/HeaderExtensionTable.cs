namespace Parley;

/// <summary>
/// The numbers of header extensions of a connection; once given they stay (RFC 8285 §6), the same in all sections (RFC 8843 §9.1).
/// </summary>
internal sealed class HeaderExtensionTable
{
    // RFC 8285 §4.2: one-byte headers number from 1 to 14.
    private const int LastOneByteId = 14;

    // When offers cross, the one that gives way has bound its numbers all the same, and Chromium refuses the other offer if it gives one of
    // them to another extension of that section ("RTP extension ID reassignment not supported"). So these are the numbers that Chromium
    // gives in sound, which never change. In pictures it numbers by what it offered or was offered before: orientation gets 3 or 13, and
    // transport-wide congestion control the other, where sound has none; 5 to 8 and 14 are taken. What has no number there that stays gets
    // one that Chromium gives to nothing.
    private static readonly Dictionary<string, int> Usual = new()
    {
        [CodecCatalog.AudioLevelExtension] = 1,
        [CodecCatalog.AbsoluteSendTimeExtension] = 2,
        [CodecCatalog.MidExtension] = 4,
        [CodecCatalog.AbsoluteCaptureTimeExtension] = 9,
        [CodecCatalog.RidExtension] = 10,
        [CodecCatalog.RepairedRidExtension] = 11,
        [CodecCatalog.VideoOrientationExtension] = 12,
        [CodecCatalog.MixerAudioLevelExtension] = 13, // in sound alone
    };

    private readonly Dictionary<string, int> _byUri = [];
    private readonly HashSet<int> _used = [];

    /// <summary>What undoes all that is learnt and given from now on.</summary>
    public Action Save()
    {
        KeyValuePair<string, int>[] numbers = [.. _byUri];
        int[] used = [.. _used];
        return () =>
        {
            _byUri.Clear();
            Array.ForEach(numbers, entry => _byUri.Add(entry.Key, entry.Value));
            _used.Clear();
            _used.UnionWith(used);
        };
    }

    /// <summary>Takes over the number that the peer uses.</summary>
    public void Learn(string uri, int id)
    {
        foreach (var other in _byUri.Where(entry => entry.Value == id).Select(entry => entry.Key).ToArray())
        {
            _byUri.Remove(other);
        }

        _byUri[uri] = id;
        _used.Add(id);
    }

    /// <summary>The number of an extension; null when none is left.</summary>
    public int? Assign(string uri)
    {
        if (_byUri.TryGetValue(uri, out var id))
        {
            return id;
        }

        if (Usual.TryGetValue(uri, out id) && _used.Add(id))
        {
            _byUri[uri] = id;
            return id;
        }

        for (id = 1; id <= LastOneByteId; id++)
        {
            if (_used.Add(id))
            {
                _byUri[uri] = id;
                return id;
            }
        }

        return null;
    }
}
