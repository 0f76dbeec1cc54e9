using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Parley.Sdp;

/// <summary>A format's parameters, <c>a=fmtp</c> (RFC 8866 §6.15): the text as written, and its parts in order.</summary>
public sealed class FormatParameters : IEquatable<FormatParameters>
{
    /// <summary>Reads the text of the parameters.</summary>
    /// <param name="payloadType">0 to 127.</param>
    /// <param name="text">Parts between semicolons.</param>
    public FormatParameters(int payloadType, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        PayloadType = payloadType;
        Text = text;
        Parameters = Split(text);
    }

    /// <summary>Writes parts as text.</summary>
    /// <param name="payloadType">0 to 127.</param>
    /// <param name="parameters">The parts in order.</param>
    public FormatParameters(int payloadType, IEnumerable<FormatParameter> parameters)
        : this(payloadType, string.Join(';', parameters))
    {
    }

    /// <summary>0 to 127.</summary>
    public int PayloadType { get; }

    /// <summary>The parameters as written.</summary>
    public string Text { get; }

    /// <summary>The parts in order, those without an equals sign too.</summary>
    public IReadOnlyList<FormatParameter> Parameters { get; }

    /// <summary>The value of the first parameter of that name, compared without regard to case; null when there is none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var parameter in Parameters)
            {
                if (string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return parameter.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Reads the text after <c>a=fmtp:</c>. Formats that are no payload types are not read.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out FormatParameters? parameters)
    {
        parameters = null;
        var fields = new SdpFields(text);
        if (!fields.TryNextInt32(127, out int type))
        {
            return false;
        }

        parameters = new FormatParameters(type, fields.Rest.ToString());
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(FormatParameters? other) => other is not null && PayloadType == other.PayloadType && Text == other.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FormatParameters);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PayloadType, Text);

    /// <summary>The text after <c>a=fmtp:</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Text}");

    private static List<FormatParameter> Split(string text)
    {
        var parts = new List<FormatParameter>();
        foreach (var range in text.AsSpan().Split(';'))
        {
            var part = text.AsSpan(range).Trim(' ');
            if (part.IsEmpty)
            {
                continue;
            }

            int equals = part.IndexOf('=');
            parts.Add(equals <= 0
                ? new FormatParameter(part.ToString(), null)
                : new FormatParameter(part[..equals].TrimEnd(' ').ToString(), part[(equals + 1)..].TrimStart(' ').ToString()));
        }

        return parts;
    }
}
