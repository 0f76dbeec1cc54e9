using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 6525: how a data channel is closed (RFC 8831 §6.7). Each side resets its own outgoing stream.
public sealed partial class SctpAssociation
{
    /// <summary>
    /// Resets the outgoing side of a stream once all that was queued on it is acknowledged. It takes no messages until
    /// <see cref="SctpEventKind.OutgoingStreamReset"/>, or its failure, has been told.
    /// </summary>
    /// <returns>Whether the reset has begun; false: the association is not up.</returns>
    public bool ResetStream(StreamId stream)
    {
        if (!_life.Phase.MayBegin)
        {
            return false;
        }

        var outgoing = Sender.Queue.StreamOf(stream);
        if (outgoing.Reset != StreamResetState.None)
        {
            return true;
        }

        if ((Agreed & PeerCapabilities.Reconfiguration) == 0)
        {
            _life.Block.OutgoingResets.Refuse(stream);
            return true;
        }

        _life.Block.OutgoingResets.Add(outgoing);
        return true;
    }

    private void OnReconfig(ReadOnlySpan<byte> value, Instant now)
    {
        if (!_life.Phase.IsUp)
        {
            return;
        }

        // §3.1: at most two parameters.
        var parameters = new ParameterReader(value);
        for (var count = 0; count < 2 && !_life.HasEnded && parameters.TryNext(); count++)
        {
            OnReconfigParameter((ReconfigParameterType)parameters.Type, parameters.Value, now);
        }
    }

    private void OnReconfigParameter(ReconfigParameterType type, ReadOnlySpan<byte> value, Instant now)
    {
        switch (type)
        {
            case ReconfigParameterType.OutgoingReset when value.Length >= 12:
                Respond(BinaryPrimitives.ReadUInt32BigEndian(value), _life.Block.IncomingResets.OnRequest(value));
                break;
            case ReconfigParameterType.Response when value.Length >= 8:
                var result = (ReconfigResult)BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
                if (_life.Block.OutgoingResets.OnAnswered(BinaryPrimitives.ReadUInt32BigEndian(value), result, Sender.RoundTrip.Rto, now))
                {
                    _life.OnAnswered();
                }

                break;
            case ReconfigParameterType.IncomingReset or ReconfigParameterType.TsnReset
                or ReconfigParameterType.AddOutgoingStreams or ReconfigParameterType.AddIncomingStreams when value.Length >= 4:
                var number = BinaryPrimitives.ReadUInt32BigEndian(value);
                Respond(number, _life.Block.IncomingResets.Refuse(number));
                break;
            default:
                _context.Drop("malformed RE-CONFIG");
                break;
        }
    }

    private void Respond(uint number, ReconfigResult result)
    {
        Span<byte> parameter = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(parameter, (ushort)ReconfigParameterType.Response);
        BinaryPrimitives.WriteUInt16BigEndian(parameter[2..], 12);
        BinaryPrimitives.WriteUInt32BigEndian(parameter[4..], number);
        BinaryPrimitives.WriteUInt32BigEndian(parameter[8..], (uint)result);
        _outbox.Queue(ChunkType.Reconfig, parameter);
    }
}
