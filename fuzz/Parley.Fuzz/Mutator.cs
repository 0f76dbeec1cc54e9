namespace Parley.Fuzz;

/// <summary>Makes another input of one or two.</summary>
internal sealed class Mutator(Random random, int longest)
{
    private static readonly int[] Interesting =
        [
            0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 191, 192, 254, 255, 256, 1024, 4095, 16383, 16384, 32767, 32768, 65534,
            65535,
        ];

    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var times = 1 << random.Next(5); times > 0; times--)
        {
            Change(bytes, other);
        }

        if (bytes.Count > longest)
        {
            bytes.RemoveRange(longest, bytes.Count - longest);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var count = Math.Min(1 + random.Next(1 << random.Next(8)), bytes.Count - at);
        switch (random.Next(10))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)(bytes[at] + random.Next(-16, 17));
                break;
            case 3 when at + 1 < bytes.Count:
                var value = Interesting[random.Next(Interesting.Length)];
                (bytes[at], bytes[at + 1]) = ((byte)(value >> 8), (byte)value);
                break;
            case 4:
                bytes.RemoveRange(at, count);
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Range(0, 1 + random.Next(1 << random.Next(6))).Select(_ => (byte)random.Next(256)));
                break;
            case 6:
                bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, count));
                break;
            case 7 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, 1 + random.Next(1 << random.Next(9)))));
                break;
            case 8 when other.Length > 0:
                // The beginning of one, the end of the other.
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(Math.Min(at, other.Length)));
                break;
            default:
                for (var index = 0; index < count; index++)
                {
                    bytes[at + index] = (byte)random.Next(256);
                }

                break;
        }
    }
}
