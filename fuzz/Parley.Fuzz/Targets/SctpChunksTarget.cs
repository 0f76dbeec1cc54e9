using Parley.Sctp;
using Parley.Sctp.Wire;

namespace Parley.Fuzz.Targets;

/// <summary>The parsers of chunks and parameters; the first byte is the chunk's type, the second its flags.</summary>
internal sealed class SctpChunksTarget : FuzzTarget
{
    public override string Name => "sctp-chunks";

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (var packet in SctpPair.Record())
        {
            var chunks = new ChunkReader(packet.AsSpan(CommonHeader.Length));
            var found = new List<byte[]>();
            while (chunks.TryNext())
            {
                found.Add([(byte)chunks.Type, chunks.Flags, .. chunks.Value]);
            }

            foreach (var chunk in found)
            {
                yield return chunk;
            }
        }
    }

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2)
        {
            return;
        }

        var value = input[2..];
        switch ((ChunkType)input[0])
        {
            case ChunkType.Data:
                DataChunk.TryParse(input[1], value, out _, out _);
                break;
            case ChunkType.InterleavedData:
                DataChunk.TryParseInterleaved(input[1], value, out _, out _);
                break;
            case ChunkType.Init or ChunkType.InitAck:
                InitChunk.TryParse(value, out _, out _);
                SctpInit.TryParse(value, out _);
                break;
            case ChunkType.Sack:
                SackChunk.TryParse(value, out _, out _);
                break;
            case ChunkType.ForwardTsn:
                ForwardTsnChunk.TryParse(value, false, out _, out _);
                break;
            case ChunkType.InterleavedForwardTsn:
                ForwardTsnChunk.TryParse(value, true, out _, out _);
                break;
            case ChunkType.CookieEcho:
                StateCookie.TryParse(value, new byte[StateCookie.KeyLength], out _, out _);
                break;
            default:
                ErrorCause.Describe(value);
                var parameters = new ParameterReader(value);
                while (parameters.TryNext())
                {
                }

                var chunks = new ChunkReader(value);
                while (chunks.TryNext())
                {
                }

                break;
        }
    }
}
