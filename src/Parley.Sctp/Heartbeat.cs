using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>Asks a peer of which nothing is heard whether it is there (RFC 9260 §8.3).</summary>
internal sealed class Heartbeat
{
    private ProtocolTimer _interval;
    private Question? _question;

    /// <summary>When <see cref="Expire"/> or <see cref="ExpireAnswer"/> has something to do.</summary>
    public Instant? Deadline => Instant.Earliest(_interval.Due, (_question as Question.Asked)?.AnswerDue);

    /// <summary>Whether the next packet asks.</summary>
    public bool IsDue => _question is Question.Due;

    /// <summary>The next question is due at a time.</summary>
    public void Schedule(Instant due) => _interval.Start(due);

    /// <summary>Whether it is time for a question; told once.</summary>
    public bool Expire(Instant now) => _interval.Expire(now);

    /// <summary>The next packet asks.</summary>
    public void Request(ulong nonce) => _question = new Question.Due(nonce);

    /// <summary>Whether the answer has failed to come by now; told once.</summary>
    public bool ExpireAnswer(Instant now)
    {
        if (_question is not Question.Asked asked || now < asked.AnswerDue)
        {
            return false;
        }

        _question = null;
        return true;
    }

    /// <summary>Writes the question if one is due and has room.</summary>
    /// <param name="writer">The packet.</param>
    /// <param name="timeout">How long the answer is waited for.</param>
    /// <param name="now">The present instant.</param>
    public void Write(ref ChunkWriter writer, TimeSpan timeout, Instant now)
    {
        if (_question is Question.Due due && writer.Remaining >= ChunkLength)
        {
            _question = new Question.Asked(due.Nonce, now, now + timeout);
            Write(ref writer, due.Nonce);
        }
    }

    /// <summary>A HEARTBEAT ACK has come.</summary>
    /// <returns>The round trip, when it answers the question; else null.</returns>
    public TimeSpan? OnAnswered(ulong nonce, Instant now)
    {
        if (_question is not Question.Asked asked || asked.Nonce != nonce)
        {
            return null;
        }

        _question = null;
        return now - asked.At;
    }

    /// <summary>Asks nothing any more.</summary>
    public void Stop()
    {
        _interval.Stop();
        _question = null;
    }

    /// <summary>The bytes of a HEARTBEAT.</summary>
    public const int ChunkLength = 16;

    /// <summary>Writes a HEARTBEAT: one Heartbeat Info parameter (type 1), whose content is the sender's own (§3.3.5).</summary>
    public static void Write(ref ChunkWriter writer, ulong nonce)
    {
        var value = writer.Begin(ChunkType.Heartbeat, 0, ChunkLength - ChunkReader.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(value, 1);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], 12);
        BinaryPrimitives.WriteUInt64BigEndian(value[4..], nonce);
    }

    /// <summary>Reads the nonce of a HEARTBEAT ACK; false when it is none that this side writes.</summary>
    public static bool TryReadNonce(ReadOnlySpan<byte> information, out ulong nonce)
    {
        var parameters = new ParameterReader(information);
        nonce = 0;
        return parameters.TryNext() && parameters.Value.Length == 8 && BinaryPrimitives.TryReadUInt64BigEndian(parameters.Value, out nonce);
    }

    // What is asked of the peer: null when nothing is.
    private abstract record Question(ulong Nonce)
    {
        /// <summary>The next packet carries it.</summary>
        public sealed record Due(ulong Nonce) : Question(Nonce);

        /// <summary>It is on its way.</summary>
        public sealed record Asked(ulong Nonce, Instant At, Instant AnswerDue) : Question(Nonce);
    }
}
