using Parley.Dtls;

namespace Parley.Fuzz.Targets;

/// <summary>
/// Somebody on the path of a handshake: the input says which datagram is changed, where and how, or given again. Both ends must end
/// connected or failed, never otherwise.
/// </summary>
internal sealed class DtlsHandshakeTarget : FuzzTarget
{
    public override string Name => "dtls-handshake";

    public override int LongestInput => 256;

    public override long MostAllocated => 16L * 1024 * 1024;

    public override IEnumerable<byte[]> Seeds() =>
        [
            [], [0, 0, 0, 14, 1, 3], [1, 0, 0, 40, 0, 255, 2, 1, 2, 3, 4], [2, 2, 0, 90, 2, 9, 1, 0, 0, 1, 0, 1], [1, 3, 1, 0, 3, 0],
            [3, 0, 0, 200, 1, 1],
        ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        // For each datagram: which, how its bytes are changed, and where.
        var edits = new List<(int Datagram, int At, int How, byte Value)>();
        var reader = new InputReader(input);
        while (!reader.IsAtEnd && edits.Count < 40)
        {
            edits.Add((reader.Byte() % 8, reader.UInt16(), reader.Byte() % 5, reader.Byte()));
        }

        using var pair = new DtlsPair();
        var number = 0;
        pair.Run((_, datagram) =>
        {
            var copies = 1;
            foreach (var edit in edits.Where(edit => edit.Datagram == number))
            {
                if (datagram.Length > 0)
                {
                    datagram = Edit(datagram, edit.At % datagram.Length, edit.How, edit.Value, ref copies);
                }
            }

            number++;
            return Enumerable.Range(0, copies).Select(_ => datagram.ToArray());
        });
        pair.Send(pair.Client, "after"u8, datagram => pair.Deliver(pair.Server, datagram));
        var isUnchanged = edits.Count == 0;
        if (isUnchanged && (pair.Client.State, pair.Server.State) != (DtlsState.Connected, DtlsState.Connected))
        {
            throw new InvalidDataException("Nobody changed anything, and it is not connected.");
        }
    }

    private static byte[] Edit(byte[] datagram, int at, int how, byte value, ref int copies)
    {
        switch (how)
        {
            case 0:
                datagram[at] ^= value;
                return datagram;
            case 1:
                datagram[at] = value;
                return datagram;
            case 2:
                return [.. datagram.AsSpan(0, at), .. datagram.AsSpan(at), .. datagram.AsSpan(at)];
            case 3:
                return datagram[..at];
            default:
                copies += value % 3;
                return datagram;
        }
    }
}
