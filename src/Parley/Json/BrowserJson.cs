using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Parley;

/// <summary>Members of JSON as a browser writes and reads them.</summary>
internal static class BrowserJson
{
    /// <summary>
    /// Writes a member as JSON.stringify does, whatever the serializer's options: they would escape the plus signs of ufrags and passwords.
    /// Null is written as null.
    /// </summary>
    public static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(Quote(value), skipInputValidation: true);
        }
    }

    /// <summary>Goes to the next member of an object, and on to its value; false: the object ends.</summary>
    public static bool TryReadMember(ref Utf8JsonReader json, out string name)
    {
        name = "";
        if (!json.Read() || json.TokenType == JsonTokenType.EndObject)
        {
            return false;
        }

        name = json.GetString()!;
        json.Read();
        return true;
    }

    /// <exception cref="JsonException">Not an object.</exception>
    public static void ExpectObject(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("An object is expected.");
        }
    }

    /// <summary>A text; a number is taken as it is written, as Web IDL takes it for a string.</summary>
    /// <exception cref="JsonException">Something else.</exception>
    public static string? ReadText(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String => json.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(json.ValueSpan),
        _ => throw new JsonException("A string is expected."),
    };

    /// <summary>An unsigned short; a text of digits is taken for one, as Web IDL takes it for a number.</summary>
    /// <exception cref="JsonException">Something else.</exception>
    public static ushort? ReadNumber(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.Number when json.TryGetUInt16(out var number) => number,
        JsonTokenType.Number when json.TryGetDouble(out var number) && number is >= 0 and <= ushort.MaxValue && double.IsInteger(number) =>
            (ushort)number,
        JsonTokenType.String
            when ushort.TryParse(json.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new JsonException("A number from 0 to 65,535 is expected."),
    };

    /// <summary>ECMA-262 §25.5.2.3, QuoteJSONString.</summary>
    private static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 64).Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            var isPair = i + 1 < value.Length && char.IsSurrogatePair(character, value[i + 1]);
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                '\b' => quoted.Append(@"\b"),
                '\t' => quoted.Append(@"\t"),
                '\n' => quoted.Append(@"\n"),
                '\f' => quoted.Append(@"\f"),
                '\r' => quoted.Append(@"\r"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ when isPair => quoted.Append(character).Append(value[++i]),
                _ when char.IsSurrogate(character) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}
